/** A message as it goes over the wire. The same item gives the same bytes, at every attempt. */
import { createHash } from 'node:crypto';
import MailComposer from 'nodemailer/lib/mail-composer';
import type { JsonObject } from '../../../core/json.js';
import { SendFailure } from '../destination.js';
import { objectOf, textOf } from '../read-values.js';
import type { RenderedMail } from './render-mail.js';

const ADDRESS_CHARS_MAX = 254;
const HEADERS_MAX = 20;
const HEADER_CHARS_MAX = 900;
const HEADER_NAME = /^X-[A-Za-z0-9-]{1,60}$/;
/** One address, nothing else: no list, no name, no comment, nothing quoted. */
const ADDRESS = /^[^\s\p{Cc}<>()[\]\\,;:"@]+@[^\s\p{Cc}<>()[\]\\,;:"@]+$/u;

/** An address with the name that is shown. */
export interface Mailbox {
  readonly name: string;
  readonly address: string;
}

/** All that a message is made of. */
export interface MailParts {
  readonly key: string;
  /** Milliseconds since 1970 UTC. */
  readonly date: number;
  readonly from: Mailbox;
  readonly to: Mailbox;
  readonly replyTo: Mailbox | undefined;
  readonly rendered: RenderedMail;
  /** Of RFC 8058. */
  readonly unsubscribeLink: string | undefined;
  /** `X-` headers of the payload. */
  readonly headers: JsonObject;
}

/** `Name <address>`, or an address alone. @throws SendFailure `address_invalid` */
export function readMailbox(text: string, field: string): Mailbox {
  const named = /^([^<>\p{Cc}]*)<([^<>]*)>$/u.exec(text.trim());
  const name = inOneLine(named?.[1] ?? '').replace(/^"(.*)"$/, '$1');
  const address = (named?.[2] ?? text).trim();
  if (ADDRESS.test(address) && address.length <= ADDRESS_CHARS_MAX) return { name, address };
  const message = `"${field}" is no e-mail address, such as ann@example.com or Ann <ann@example.com>.`;
  throw new SendFailure({ code: 'address_invalid', message, retry: false });
}

/** @returns the bytes of the message. @throws SendFailure `header_invalid` */
export async function composeMail(parts: MailParts): Promise<Buffer> {
  const { key, from, to, replyTo, rendered, unsubscribeLink } = parts;
  const composer = new MailComposer({
    messageId: `<${key}@${domainOf(from.address)}>`,
    date: new Date(parts.date),
    from: { ...from },
    to: { ...to },
    ...(replyTo === undefined ? {} : { replyTo: { ...replyTo } }),
    subject: inOneLine(rendered.subject),
    text: rendered.text,
    ...(rendered.html === undefined ? {} : { html: rendered.html }),
    headers: {
      ...ownHeaders(parts.headers),
      ...(unsubscribeLink === undefined
        ? {}
        : {
            // In one line: not every mail program reads a header that begins with a fold.
            'List-Unsubscribe': { prepared: true, value: `<${unsubscribeLink}>` },
            'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
          }),
    },
    baseBoundary: createHash('sha256').update(key).digest('hex').slice(0, 32),
    newline: 'win',
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return composer.compile().build();
}

/** The domain of an address. */
export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}

/** No line of a header can begin within a value, and nothing can hide in it. */
function inOneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}

function ownHeaders(given: JsonObject): Record<string, string> {
  const names = Object.keys(given);
  const wrong =
    names.length > HEADERS_MAX
      ? `There are ${names.length} headers; at most ${HEADERS_MAX} may be given.`
      : names
          .filter((name) => !HEADER_NAME.test(name))
          .map((name) => `"${name}" cannot be set: headers of your own begin with X-.`)[0];
  if (wrong !== undefined) throw new SendFailure({ code: 'header_invalid', message: wrong, retry: false });
  return Object.fromEntries(
    names.map((name) => [name, inOneLine(textOf(given, name) ?? '').slice(0, HEADER_CHARS_MAX)]),
  );
}

/** The headers that a payload gives. */
export function headersOf(payload: JsonObject): JsonObject {
  return objectOf(payload, 'headers') ?? {};
}
