/** A format of texts: what fulfils it, and how a sentence calls it. */
export interface Format {
  readonly name: string;
  readonly holds: (text: string) => boolean;
}

const anything = () => true;
const by = (pattern: RegExp) => (text: string) => pattern.test(text);

const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
const TIME = /^(\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:z|[+-](\d\d)(?::?(\d\d))?)$/i;
const URI_CHARS = /^(?:[a-z0-9\-._~!$&'()*+,;=:@/?#[\]]|%[0-9a-f]{2})*$/i;
const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const ATOM = "[a-z0-9!#$%&'*+/=?^_`{|}~-]+";

const FORMATS = {
  date: { name: 'a date such as 2026-03-01', holds: isDate },
  time: { name: 'a time such as 09:30:00Z', holds: isTime },
  'date-time': { name: 'a time such as 2026-03-01T09:30:00Z', holds: isDateTime },
  uri: {
    name: 'an address such as https://example.com/path',
    holds: (text) => /^[a-z][a-z0-9+\-.]*:./i.test(text) && URI_CHARS.test(text),
  },
  'uri-reference': { name: 'an address, or a path', holds: by(URI_CHARS) },
  'uri-template': {
    name: 'a template of an address (RFC 6570)',
    holds: by(/^(?:[^\s"'<>%\\^`{|}]|%[0-9a-f]{2}|\{[^{}\s]+\})*$/i),
  },
  email: {
    name: 'an e-mail address',
    holds: by(new RegExp(`^${ATOM}(?:\\.${ATOM})*@(?:${LABEL}\\.)+${LABEL}$`, 'i')),
  },
  hostname: {
    name: 'the name of a host',
    holds: by(new RegExp(`^(?=.{1,253}\\.?$)${LABEL}(?:\\.${LABEL})*\\.?$`, 'i')),
  },
  ipv4: { name: 'an IPv4 address', holds: by(new RegExp(`^(?:${OCTET}\\.){3}${OCTET}$`)) },
  ipv6: { name: 'an IPv6 address', holds: isIpv6 },
  regex: { name: 'a regular expression', holds: isRegExp },
  uuid: { name: 'a UUID', holds: by(/^(?:urn:uuid:)?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i) },
  password: { name: 'a password', holds: anything },
  text: { name: 'a text', holds: anything },
} as const satisfies Readonly<Record<string, Format>>;

/** A format by its name in JSON schema; undefined for one that is not known, which everything fulfils. */
export function formatOf(name: string): Format | undefined {
  return Object.hasOwn(FORMATS, name) ? FORMATS[name as keyof typeof FORMATS] : undefined;
}

/** Whether a text can be taken for a time by nearly anybody: ISO 8601 and its like, seconds or milliseconds, or RFC 2822. */
export function isMoment(text: string): boolean {
  if (/^-?\d+(?:\.\d+)?$/.test(text)) return true;
  if (/^\d{4}[-/]?\d{0,2}[-/]?\d{0,2}[Tt\s]*\d{0,2}:?\d{0,2}:?\d{0,2}[.:]?\d*$/.test(text)) return true;
  return !Number.isNaN(Date.parse(text));
}

function isDate(text: string): boolean {
  const [, year, month, day] = (DATE.exec(text) ?? []).map(Number);
  if (year === undefined || month === undefined || day === undefined) return false;
  const date = new Date(Date.UTC(2000 + (year % 400), month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

function isTime(text: string): boolean {
  const match = TIME.exec(text);
  if (match === null) return false;
  const [hour = 0, minute = 0, second = 0, zoneHour = 0, zoneMinute = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  return hour <= 23 && minute <= 59 && second <= 59 && zoneHour <= 23 && zoneMinute <= 59;
}

function isDateTime(text: string): boolean {
  const [date, time, ...more] = text.split(/t|\s/i);
  return date !== undefined && time !== undefined && more.length === 0 && isDate(date) && isTime(time);
}

function isIpv6(text: string): boolean {
  const [head = '', tail, ...more] = text.split('::');
  if (more.length > 0) return false;
  const groups = (part: string) => (part === '' ? [] : part.split(':'));
  const all = [...groups(head), ...groups(tail ?? '')];
  const last = all.at(-1) ?? '';
  const isMixed = last.includes('.');
  if (isMixed && !FORMATS.ipv4.holds(last)) return false;
  const hex = isMixed ? all.slice(0, -1) : all;
  const count = hex.length + (isMixed ? 2 : 0);
  return (
    hex.every((group) => /^[0-9a-f]{1,4}$/i.test(group)) && (tail === undefined ? count === 8 : count < 8)
  );
}

function isRegExp(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}
