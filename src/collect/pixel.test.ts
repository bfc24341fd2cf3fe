import { describe, expect, test } from 'vitest';
import { PIXEL, pixelBody, readPixel } from './pixel.js';

const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64');
/** Without the missing prototypes. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test('the pixel is a GIF of one pixel', () => {
  expect(PIXEL.subarray(0, 6).toString()).toBe('GIF89a');
  expect([PIXEL.readUInt16LE(6), PIXEL.readUInt16LE(8)]).toEqual([1, 1]);
});

describe('data', () => {
  const call = { userId: 'ü/?>', event: 'Opened', properties: { n: 1 } };

  test('is a JSON object in either Base64', () => {
    expect(readPixel({ data: base64(call) })).toEqual(call);
    const url = Buffer.from(JSON.stringify(call)).toString('base64url');
    expect(readPixel({ data: url, event: 'ignored' })).toEqual(call);
  });

  test('takes the write key from beside it, unless it has one', () => {
    expect(readPixel({ data: base64(call), writeKey: 'k' })).toEqual({ ...call, writeKey: 'k' });
    expect(readPixel({ data: base64({ writeKey: 'own' }), writeKey: 'k' })).toEqual({ writeKey: 'own' });
  });

  test.each(['', '!!!', base64('text'), base64([1]), base64(null), 'bm90IGpzb24='])(
    'that is no JSON object is refused: %j',
    (data) => {
      expect(() => readPixel({ data })).toThrow(expect.objectContaining({ code: 'body_invalid' }));
    },
  );
});

describe('plain parameters', () => {
  test('with dots are objects; below them, what looks like a number or boolean is one', () => {
    const query = {
      ...{ userId: '42', event: '7', 'properties.price': '9.5', 'properties.sold': 'true' },
      ...{ 'properties.sku': '007', 'properties.big': '1e5', 'properties.none': '', 'context.page.url': 'x' },
    };
    expect(plain(readPixel(query))).toEqual({
      ...{ userId: '42', event: '7' },
      properties: { price: 9.5, sold: true, sku: '007', big: '1e5', none: '' },
      context: { page: { url: 'x' } },
    });
  });

  test('that come twice count once, the last one', () => {
    expect(plain(readPixel({ event: ['a', 'b'], 'properties.x': ['1', '2'] }))).toEqual({
      event: 'b',
      properties: { x: 2 },
    });
  });

  test('that contradict each other are taken as they come', () => {
    expect(plain(readPixel({ properties: '1', 'properties.x': '2' }))).toEqual({ properties: { x: 2 } });
  });

  test('cannot reach a prototype', () => {
    const call = readPixel({ '__proto__.polluted': '1', 'constructor.prototype.polluted': '1' });
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(Object.keys(call)).toEqual(['__proto__', 'constructor']);
  });
});

test('a call that is nested too deeply to be printed is refused, not a failure', () => {
  const name = `properties${'.a'.repeat(50_000)}`;
  expect(() => pixelBody({ [name]: '1' })).toThrow(expect.objectContaining({ code: 'body_invalid' }));
  expect(pixelBody({ userId: 'u' }).toString()).toBe('{"userId":"u"}');
});
