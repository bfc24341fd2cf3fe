/** The body of an answer: whole, decompressed, and within the limit. */
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';
import { SendFailure } from '../destinations/destination.js';
import { HTTP_LIMITS } from './http-limits.js';

const LIMIT = { maxOutputLength: HTTP_LIMITS.responseBytesMax };
const DECODERS: Readonly<Record<string, (bytes: Uint8Array) => Promise<Uint8Array>>> = {
  gzip: (bytes) => promisify(gunzip)(bytes, LIMIT),
  'x-gzip': (bytes) => promisify(gunzip)(bytes, LIMIT),
  // Some servers send the bare form, without zlib's head.
  deflate: (bytes) => ((bytes[0] ?? 0) % 16 === 8 ? promisify(inflate) : promisify(inflateRaw))(bytes, LIMIT),
  br: (bytes) => promisify(brotliDecompress)(bytes, LIMIT),
};

/**
 * Reads a body to its end.
 * @throws SendFailure `response_too_large`, `response_invalid` when it does not have the encoding that it claims
 */
export async function responseBody(
  chunks: AsyncIterable<Uint8Array>,
  encoding: string | undefined,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.byteLength;
    if (size > HTTP_LIMITS.responseBytesMax) throw tooLarge();
    parts.push(chunk);
  }
  const bytes = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
  const decode = size === 0 ? undefined : DECODERS[encoding?.toLowerCase() ?? ''];
  if (decode === undefined) return bytes;
  return await decode(bytes).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    throw new SendFailure(
      { code: 'response_invalid', message: `The answer is not ${encoding}, as it says.`, retry: true },
      { cause: error },
    );
  });
}

function tooLarge(): SendFailure {
  return new SendFailure({
    code: 'response_too_large',
    message: `The answer is larger than ${HTTP_LIMITS.responseBytesMax} bytes.`,
    retry: false,
  });
}
