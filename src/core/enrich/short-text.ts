/**
 * A value as text that every store takes: at most `charsMax` characters, and U+FFFD for NUL and for halves of surrogate
 * pairs, which percent-decoding and cutting make. Empty for anything but a string.
 */
export function shortText(value: unknown, charsMax: number): string {
  if (typeof value !== 'string') return '';
  const text = value.length > charsMax ? value.slice(0, charsMax) : value;
  return (text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text).toWellFormed();
}
