/**
 * The address that a bounce of one message comes back to (VERP): it tells whose message it was, and is signed over the address that the message went to. So a bounce
 * that somebody made up harms nobody.
 */

/** Whom a message went to. */
export interface Recipient {
  /** A UUID. */
  readonly profileId: string;
  readonly address: string;
}

/** What a return path says. */
export interface ReadReturnPath {
  readonly profileId: string;
  /** True for the address that the message went to. */
  isFor(address: string): boolean;
}

/** HMAC-SHA-256 of a text, by a key for this use alone. */
export type ReturnPathMac = (text: string) => Uint8Array;

const ID_CHARS = 32;
const MAC_BYTES = 6;
/** Characters of the part before `@` that RFC 5321 allows, less those of the code and the plus. */
const LOCAL_CHARS_MAX = 64 - ID_CHARS - 2 * MAC_BYTES;

/**
 * `bounces@mail.example` becomes `bounces+<id and mac>@mail.example`.
 * @param base an address whose server delivers `name+anything` to `name`; a longer part before `@` than fits is returned as it is.
 */
export function returnPath(base: string, recipient: Recipient, mac: ReturnPathMac): string {
  const at = base.lastIndexOf('@');
  if (at > LOCAL_CHARS_MAX - 1) return base;
  const id = recipient.profileId.replaceAll('-', '').toLowerCase();
  return `${base.slice(0, at)}+${id}${macOf(id, recipient.address, mac)}${base.slice(at)}`;
}

/** @returns `undefined` for an address without a code. Mail servers may have changed its case. */
export function readReturnPath(address: string, mac: ReturnPathMac): ReadReturnPath | undefined {
  const match = /\+([0-9a-f]{32})([0-9a-f]{12})@/i.exec(address);
  if (match === null) return undefined;
  // Both groups take part in every match.
  const [id, code] = [match[1]!.toLowerCase(), match[2]!.toLowerCase()];
  return {
    profileId: id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
    isFor: (candidate) => isEqual(macOf(id, candidate, mac), code),
  };
}

function macOf(id: string, address: string, mac: ReturnPathMac): string {
  const bytes = mac(`${id} ${address.trim().toLowerCase()}`).subarray(0, MAC_BYTES);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** In a time that does not tell where they differ. */
function isEqual(left: string, right: string): boolean {
  let difference = left.length ^ right.length;
  for (let index = 0; index < left.length; index += 1)
    difference |= left.charCodeAt(index) ^ right.charCodeAt(index);
  return difference === 0;
}
