/** MurmurHash3, the 32-bit variant with seed 0, of a text's UTF-8 bytes; not negative. After Austin Appleby's description. */
export function murmur3(text: string): number {
  const bytes = Buffer.from(text);
  const rotated = (word: number, by: number) => (word << by) | (word >>> (32 - by));
  const mixed = (word: number) => Math.imul(rotated(Math.imul(word, 0xcc9e2d51), 15), 0x1b873593);
  let hash = 0;
  const whole = bytes.length - (bytes.length % 4);
  for (let at = 0; at < whole; at += 4) {
    hash = (Math.imul(rotated(hash ^ mixed(bytes.readInt32LE(at)), 13), 5) + 0xe6546b64) | 0;
  }
  if (whole < bytes.length) hash ^= mixed(bytes.readUIntLE(whole, bytes.length - whole));
  hash ^= bytes.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Which of 10,000 buckets a person falls into. */
export function bucketOf(profileId: string, salt: string): number {
  return murmur3(`${salt}:${profileId}`) % 10_000;
}
