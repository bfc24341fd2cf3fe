import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { decompress, parseBody } from './read-body.js';

const text = Buffer.from('{"userId":"ü"}');
const refusal = (code: string) => expect.objectContaining({ code });

describe('decompress', () => {
  test.each([
    [undefined, text],
    ['', text],
    ['identity', text],
    ['gzip', gzipSync(text)],
    [' GZIP ', gzipSync(text)],
    ['x-gzip', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['br', brotliCompressSync(text)],
  ])('undoes %j', async (encoding, body) => {
    expect(await decompress(body, encoding, 1_000)).toEqual(text);
  });

  test('stops at the limit, however small the body is', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    await expect(decompress(bomb, 'gzip', 1_000)).rejects.toThrow(refusal('body_too_large'));
    await expect(decompress(gzipSync(text), 'gzip', text.length)).resolves.toEqual(text);
    await expect(decompress(gzipSync(text), 'gzip', text.length - 1)).rejects.toThrow(
      refusal('body_too_large'),
    );
  });

  test.each(['gzip', 'deflate', 'br'])('a body that is no %s, or cut short, is refused', async (encoding) => {
    const whole = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync }[encoding] ?? gzipSync;
    for (const body of [text, whole(text).subarray(0, -3), Buffer.alloc(0)]) {
      await expect(decompress(body, encoding, 1_000)).rejects.toThrow(refusal('body_invalid'));
    }
  });

  test.each(['zstd', 'gzip, br', 'constructor', 'toString'])('does not know %s', async (encoding) => {
    await expect(decompress(text, encoding, 1_000)).rejects.toThrow(refusal('media_type_unsupported'));
  });
});

describe('parseBody', () => {
  test.each([['{"a":[1,null]}', { a: [1, null] }] as const, [' 7 ', 7] as const])(
    'reads %s',
    (body, value) => {
      expect(parseBody(body)).toEqual(value);
    },
  );

  test.each([
    ['', 'it is empty'],
    ['  \n', 'it is empty'],
    ['{"a":', 'JSON'],
    ["{'a':1}", 'JSON'],
  ])('says why %j cannot be read', (body, reason) => {
    expect(() => parseBody(body)).toThrow(refusal('body_invalid'));
    expect(() => parseBody(body)).toThrow(reason);
  });
});
