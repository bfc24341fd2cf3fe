import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { TributaryError } from '../core/errors.js';
import type { JsonValue } from '../core/json.js';

type Decoder = (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const DECODERS: ReadonlyMap<string, Decoder> = new Map([
  ['gzip', promisify(gunzip) as Decoder],
  ['x-gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
  ['br', promisify(brotliDecompress)],
]);

/**
 * Undoes a body's content encoding.
 * @throws TributaryError `body_too_large` when it grows over the limit, `body_invalid` when it is not what it says,
 * `media_type_unsupported` for an encoding that is not known.
 */
export async function decompress(
  body: Buffer,
  encoding: string | undefined,
  bytesMax: number,
): Promise<Buffer> {
  const name = (encoding ?? '').trim().toLowerCase();
  if (name === '' || name === 'identity') return body;
  const decode = DECODERS.get(name);
  if (!decode) {
    throw new TributaryError(
      'media_type_unsupported',
      `Content-Encoding ${name} is not supported; use ${[...DECODERS.keys()].join(', ')} or none.`,
    );
  }
  try {
    return await decode(body, { maxOutputLength: bytesMax });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new TributaryError(
        'body_too_large',
        `The body has more than ${bytesMax} bytes when decompressed.`,
      );
    }
    throw new TributaryError('body_invalid', `The body is not valid ${name}.`, { cause });
  }
}

/** @throws TributaryError `body_invalid`, saying where the text stops being JSON. */
export function parseBody(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch (cause) {
    const reason = text.trim() === '' ? 'it is empty' : (cause as Error).message;
    throw new TributaryError('body_invalid', `The body must be JSON in UTF-8: ${reason}`, { cause });
  }
}
