/** Words of 32 bits that a UUID takes. */
const UUID_WORDS = 4;

/**
 * UUIDs as ClickHouse holds them: two 64-bit numbers, the first half of the text first, each with its low word first.
 * @param ids of the form `01234567-89ab-cdef-0123-456789abcdef`
 */
export function uuidWords(ids: readonly string[]): Uint32Array {
  const words = new Uint32Array(ids.length * UUID_WORDS);
  let at = 0;
  let before: string | undefined;
  for (const id of ids) {
    // Where one thing has many rows, they come one after the other.
    if (id === before) {
      words.copyWithin(at, at - UUID_WORDS, at);
      at += UUID_WORDS;
      continue;
    }
    before = id;
    words[at] = hex(id, 9, 13) * 0x1_0000 + hex(id, 14, 18);
    words[at + 1] = hex(id, 0, 8);
    words[at + 2] = hex(id, 28, 36);
    words[at + 3] = hex(id, 19, 23) * 0x1_0000 + hex(id, 24, 28);
    at += UUID_WORDS;
  }
  return words;
}

/** Which of two UUIDs ClickHouse puts first, as a sort wants it told: they go by the second half of the text. */
export function compareUuids(words: Uint32Array, one: number, other: number): number {
  for (let nth = UUID_WORDS - 1; nth >= 0; nth -= 1) {
    const by = (words[one * UUID_WORDS + nth] as number) - (words[other * UUID_WORDS + nth] as number);
    if (by !== 0) return by;
  }
  return 0;
}

/** The words of some of the UUIDs, in another order. */
export function arrangeUuids(words: Uint32Array, order: readonly number[]): Uint32Array {
  const arranged = new Uint32Array(order.length * UUID_WORDS);
  let to = 0;
  for (const from of order) {
    for (let nth = 0; nth < UUID_WORDS; nth += 1) arranged[to++] = words[from * UUID_WORDS + nth] as number;
  }
  return arranged;
}

/** Without the substring that `parseInt` would need. */
function hex(text: string, from: number, until: number): number {
  let value = 0;
  for (let at = from; at < until; at += 1) {
    const unit = text.charCodeAt(at);
    // Digits are 0x30 on, letters 0x41 or 0x61 on.
    const digit = unit < 0x40 ? unit - 0x30 : (unit & 0x5f) - 0x37;
    value = (value << 4) | digit;
  }
  return value >>> 0;
}
