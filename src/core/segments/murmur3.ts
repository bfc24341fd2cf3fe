const C1 = 0xcc9e2d51;
const C2 = 0x1b873593;

/** MurmurHash3, x86, 32 bits, seed 0, of a text's UTF-8 bytes (Appleby, 2011); ClickHouse's `murmurHash3_32`. */
export function murmur3(text: string): number {
  const bytes = utf8Of(text);
  const blocks = bytes.length >> 2;
  let hash = 0;
  for (let block = 0; block < blocks; block += 1) {
    const at = block * 4;
    const word =
      byte(bytes, at) |
      (byte(bytes, at + 1) << 8) |
      (byte(bytes, at + 2) << 16) |
      (byte(bytes, at + 3) << 24);
    hash ^= mix(word);
    hash = (hash << 13) | (hash >>> 19);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }
  let tail = 0;
  for (let at = bytes.length - 1; at >= blocks * 4; at -= 1) tail = (tail << 8) | byte(bytes, at);
  if (bytes.length % 4 !== 0) hash ^= mix(tail);
  hash ^= bytes.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function mix(word: number): number {
  const mixed = Math.imul(word, C1);
  return Math.imul((mixed << 15) | (mixed >>> 17), C2);
}

function byte(bytes: readonly number[], at: number): number {
  return bytes[at] as number;
}

function utf8Of(text: string): number[] {
  const bytes: number[] = [];
  for (const char of text) {
    const code = char.codePointAt(0) as number;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else {
      bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63));
      bytes.push(0x80 | (code & 63));
    }
  }
  return bytes;
}
