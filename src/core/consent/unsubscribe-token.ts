/**
 * Links by which a person ends with one click what is sent to an address (RFC 8058): what they do stands in the link itself, signed, so that nothing has
 * to be kept for each mail. They hold for ever: somebody may go through old mail.
 */
import type { SuppressionChannel } from './suppression.js';
import { SUPPRESSION_CHANNELS } from './suppression.js';

/** What a link ends. */
export interface Unsubscribe {
  readonly channel: SuppressionChannel;
  /** The address, or whoever is named. */
  readonly kind: string;
  readonly value: string;
  /** Purposes that are refused by it. */
  readonly purposes: readonly string[];
  /** The key of the delivery that carried it: the proof. */
  readonly delivery: string;
}

/** A keyed hash of a text (HMAC-SHA-256), under a key that is for this alone. */
export type Mac = (text: string) => Uint8Array;

/** Says in the first place what kind of text is signed, should the form change. */
const FORM = 1;
const CHARS_MAX = 1_900;

/** Prints the token of a link: `/u/<token>`. */
export function unsubscribeToken(
  { channel, kind, value, purposes, delivery }: Unsubscribe,
  mac: Mac,
): string {
  const said = JSON.stringify([FORM, channel, kind, value, purposes, delivery]);
  const text = toBase64Url(new TextEncoder().encode(said));
  return `${text}.${toBase64Url(mac(text))}`;
}

/** Reads a token; undefined when it was not printed under the same key. Never throws. */
export function readUnsubscribeToken(token: string, mac: Mac): Unsubscribe | undefined {
  const [text, signature, ...more] = token.split('.');
  if (text === undefined || signature === undefined || more.length > 0 || token.length > CHARS_MAX)
    return undefined;
  if (!sameText(signature, toBase64Url(mac(text)))) return undefined;
  // Invariant: it was signed here, so it is what `unsubscribeToken` printed; but for the form, which may be another release's.
  const [form, channel, kind, value, purposes, delivery] = JSON.parse(fromBase64Url(text)) as [
    number,
    SuppressionChannel,
    string,
    string,
    string[],
    string,
  ];
  if (form !== FORM || !SUPPRESSION_CHANNELS.includes(channel)) return undefined;
  return { channel, kind, value, purposes, delivery };
}

/** Compares all of it, whatever differs: how long it takes tells nobody how much was right. */
function sameText(given: string, right: string): boolean {
  let difference = given.length ^ right.length;
  for (let at = 0; at < right.length; at += 1) difference |= given.charCodeAt(at) ^ right.charCodeAt(at);
  return difference === 0;
}

function toBase64Url(bytes: Uint8Array): string {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function fromBase64Url(text: string): string {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return new TextDecoder().decode(Uint8Array.from(binary, (char) => char.charCodeAt(0)));
}
