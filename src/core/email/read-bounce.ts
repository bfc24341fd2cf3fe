/** Reports that mail systems send back: that a message did not arrive (RFC 3464), or that its reader calls it spam (RFC 5965). */
import { isNobodyThere } from './mailbox-status.js';
import { type MimePart, readFields, readMime } from './read-mime.js';

/** What one report says. Nothing of it is proven: anybody can write such a message; see return-path.ts. */
export interface MailReport {
  /** `soft_bounce`: it was late, or refused for a reason that is not the address. */
  readonly kind: 'hard_bounce' | 'soft_bounce' | 'complaint';
  /** Whom it is about, as the report names them, in lower case. */
  readonly addresses: readonly string[];
  /** Where the report went, and where the message came from: return paths are among them. */
  readonly returnPaths: readonly string[];
  /** What the other side said, for people. */
  readonly detail: string;
}

const DETAIL_CHARS_MAX = 500;
const ADDRESS = /[^\s<>()[\]\\,;:"@]+@[^\s<>()[\]\\,;:"@]+/g;
/** Headers that name the mailbox which a report was delivered to. */
const ARRIVED_AT = ['delivered-to', 'x-original-to', 'envelope-to', 'x-envelope-to', 'to'];
/** Complaints of readers; `not-spam` and the like are none. */
const COMPLAINTS = new Set(['abuse', 'fraud']);

/** @param text a whole message. @returns `undefined` when it is no report: an answer of a person, or out of office. */
export function readBounce(text: string): MailReport | undefined {
  const message = readMime(text);
  const parts = flat(message);
  const status = parts.find(({ type }) => /^message\/(?:global-)?delivery-status$/.test(type));
  const feedback = parts.find(({ type }) => type === 'message/feedback-report');
  const report =
    status !== undefined
      ? readDeliveryStatus(status.body)
      : feedback !== undefined
        ? readFeedback(feedback.body, original(parts))
        : undefined;
  if (report === undefined) return undefined;
  const returnPaths = [
    ...addressesIn(message.headers, ARRIVED_AT),
    ...addressesIn(original(parts), ['return-path']),
    ...addressesIn(feedback === undefined ? new Map() : readFields(feedback.body), ['original-mail-from']),
  ];
  return { ...report, returnPaths: [...new Set(returnPaths)] };
}

type Found = Omit<MailReport, 'returnPaths'>;

/** Blocks of fields: one of the message, then one for each recipient. */
function readDeliveryStatus(body: string): Found | undefined {
  const recipients = body.split(/\n[ \t]*\n/).map(readFields);
  const found = recipients.flatMap((fields) => {
    const addresses = addressesIn(fields, ['original-recipient', 'final-recipient']);
    const action = fields.get('action')?.[0]?.toLowerCase();
    if (addresses.length === 0 || (action !== 'failed' && action !== 'delayed')) return [];
    const told = fields.get('diagnostic-code')?.[0] ?? '';
    const isHard = action === 'failed' && isNobodyThere(statusOf(fields.get('status')?.[0] ?? '', told));
    return [{ addresses, isHard, told: told || (fields.get('status')?.[0] ?? '') }];
  });
  // A message of ours has one recipient; of a report on many, the worst is told, and of whom.
  const worst = found.find(({ isHard }) => isHard) ?? found[0];
  if (worst === undefined) return undefined;
  return {
    kind: worst.isHard ? 'hard_bounce' : 'soft_bounce',
    addresses: worst.addresses,
    detail: worst.told.slice(0, DETAIL_CHARS_MAX),
  };
}

/** Many systems report a general status, and say what it was in the answer that they quote. */
function statusOf(status: string, diagnostic: string): string {
  const general = /^(\d\.\d{1,3}\.\d{1,3})/.exec(status)?.[1] ?? '';
  const quoted = /\b5\.\d{1,3}\.\d{1,3}\b/.exec(diagnostic)?.[0];
  return /^5\.0\.0$|^$/.test(general) ? (quoted ?? general) : general;
}

function readFeedback(body: string, of: ReadonlyMap<string, readonly string[]>): Found | undefined {
  const fields = readFields(body);
  const type = fields.get('feedback-type')?.[0]?.toLowerCase() ?? '';
  if (!COMPLAINTS.has(type)) return undefined;
  const addresses = [
    ...addressesIn(fields, ['original-rcpt-to', 'removal-recipient']),
    ...addressesIn(of, ['to', 'delivered-to']),
  ];
  const agent = fields.get('user-agent')?.[0] ?? '';
  return {
    kind: 'complaint',
    addresses: [...new Set(addresses)],
    detail: `${type} ${agent}`.trim().slice(0, DETAIL_CHARS_MAX),
  };
}

/** Headers of the message that a report is about, as far as it was sent along. */
function original(parts: readonly MimePart[]): ReadonlyMap<string, readonly string[]> {
  const whole = parts.find(({ type }) => type === 'message/rfc822')?.parts[0];
  const headers = parts.find(({ type }) => type === 'text/rfc822-headers');
  return whole?.headers ?? readFields(headers?.body ?? '');
}

function addressesIn(fields: ReadonlyMap<string, readonly string[]>, names: readonly string[]): string[] {
  const values = names.flatMap((name) => fields.get(name) ?? []);
  const found = values.flatMap((value) => value.match(ADDRESS) ?? []);
  return [...new Set(found.map((address) => address.toLowerCase()))];
}

function flat(part: MimePart): MimePart[] {
  return [part, ...part.parts.flatMap(flat)];
}
