/** Characters of a code, as it is given. */
export const CODE_CHARS_MAX = 100;

/** A code as it is compared: people type it in either case, with spaces around it. Undefined when it cannot be one. */
export function codeKey(code: string): string | undefined {
  const key = code.normalize('NFKC').trim().toUpperCase();
  // Control characters, NUL above all, are no part of what somebody types.
  return key === '' || key.length > CODE_CHARS_MAX || /\p{Cc}/u.test(key) ? undefined : key;
}
