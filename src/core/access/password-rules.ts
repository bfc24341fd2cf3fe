/** What a password must be: long, and not what anybody would guess of this person (NIST SP 800-63B, 3.1.1: no rules of composition). */

const PASSWORD_CHARS_MIN = 12;
const PASSWORD_CHARS_MAX = 256;

/** @returns a sentence that says what is wrong; undefined when it may be used. */
export function passwordFault(
  password: string,
  about: { readonly email: string; readonly name: string },
): string | undefined {
  const length = [...password].length;
  if (length < PASSWORD_CHARS_MIN)
    return `password has ${length} characters; it needs at least ${PASSWORD_CHARS_MIN}. A sentence of four or five words is good.`;
  if (length > PASSWORD_CHARS_MAX)
    return `password has ${length} characters; at most ${PASSWORD_CHARS_MAX} are taken.`;
  if (new Set(password).size < 5)
    return 'password repeats a few characters; choose one that is harder to guess.';
  const plain = password.toLowerCase();
  const known = [about.email, about.email.split('@')[0] ?? '', about.name].map((one) =>
    one.trim().toLowerCase(),
  );
  if (known.some((one) => one.length > 2 && (plain === one || plain === `${one}${one}`)))
    return 'password is the name or e-mail address; choose one that nobody can guess.';
  return undefined;
}
