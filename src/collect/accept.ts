import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import type { Rejection } from '../core/errors.js';
import { TributaryError } from '../core/errors.js';
import type { Identifies } from '../core/event/check.js';
import { checkEvent, isRejection } from '../core/event/check.js';
import { measure, utf8Bytes } from '../core/event/measure.js';
import type { Call, Envelope, WireRequest } from '../core/event/wire.js';
import { readWire } from '../core/event/wire.js';
import { LIMITS } from '../core/limits.js';
import type { Tell } from '../telemetry/telemetry.js';
import type { GroupCommit } from './group-commit.js';
import { parseBody } from './read-body.js';
import type { SourceOfKey } from './write-keys.js';
import { writeKeyOf } from './write-keys.js';

/** What the door leans on. */
export interface CollectParts {
  readonly sourceOfKey: SourceOfKey;
  readonly commits: GroupCommit;
  readonly tell: Tell;
  readonly now: () => number;
  /** Why nothing can be taken in now, or undefined: the backlog is full, or the disk is. */
  readonly closed: () => TributaryError | undefined;
  readonly requestBytesMax: number;
  readonly eventBytesMax: number;
  /** Origins whose pages may send; `*` is all. */
  readonly corsOrigins: readonly string[];
  readonly publicUrl: string | undefined;
  /** See `checkEvent`: by the rules in force. */
  readonly identifies?: Identifies;
}

/** A request as it came through the door. */
export interface Arrived {
  readonly call: Call;
  readonly body: Buffer;
  readonly authorization: string | undefined;
  readonly ip: string;
  readonly userAgent: string;
  readonly direct: boolean;
}

/** What the client is told: which of its events were not taken, and why. All others are on disk. */
export interface Receipt {
  readonly receipt: string;
  readonly accepted: number;
  readonly rejected: ReadonlyArray<Rejection & { readonly index: number }>;
}

/**
 * Takes a request in: resolves when its events are durable in the log, the refused ones included, whose way ends in the
 * quarantine.
 * @throws TributaryError for a request that cannot be taken as a whole; then nothing of it is stored.
 */
export async function accept(arrived: Arrived, parts: CollectParts): Promise<Receipt> {
  const { call, body, ip, userAgent, direct } = arrived;
  const startedAt = parts.now();
  const text = body.toString();
  const wire = readRequest(call, text);
  const sourceId = authenticate(writeKeyOf(arrived.authorization, wire.writeKey), parts.sourceOfKey);
  checkShared(wire, body.length);
  const closed = parts.closed();
  if (closed) throw closed;
  const receipt = randomUUID();
  const count = wire.items.length;
  if (count === 0) return { receipt, accepted: 0, rejected: [] };
  const origin = { sourceId, receivedAt: startedAt, receipt, call, ip, userAgent, direct };
  // What is no UTF-8 was mended on its way into the text.
  const record = { ...origin, count, body: text, ...(isUtf8(body) ? { utf8: body } : {}) };
  const rejected = refusedOf(
    wire,
    {
      ...{ call, sourceId, receipt, receivedAt: startedAt, ip, userAgent, direct },
      ...{ context: wire.context, integrations: wire.integrations, sentAt: wire.sentAt },
      bodyBytes: body.length,
      eventBytesMax: parts.eventBytesMax,
      escapes: text.includes('\\u'),
    },
    parts.identifies,
  );
  try {
    await parts.commits.append(record);
  } catch (cause) {
    throw new TributaryError(
      'log_unavailable',
      'The log cannot be written now. Send the request again later.',
      { cause },
    );
  }
  parts.tell({
    name: 'request_received',
    sourceId,
    call,
    events: count,
    bytes: body.length,
    ackMs: parts.now() - startedAt,
  });
  return { receipt, accepted: count - rejected.length, rejected };
}

function readRequest(call: Call, text: string): WireRequest {
  const wire = readWire(call, parseBody(text));
  if (!wire)
    throw new TributaryError('request_invalid', 'The body must be a JSON object with an array named batch.');
  if (wire.items.length > LIMITS.eventsPerRequestMax) {
    throw new TributaryError(
      'body_too_large',
      `A batch may hold ${LIMITS.eventsPerRequestMax} events; this one has ${wire.items.length}. Split it.`,
    );
  }
  return wire;
}

/** What a batch gives for all its events must be fit as theirs must be, and not too much in all of them together. */
function checkShared({ context, integrations, items }: WireRequest, bodyBytes: number): void {
  for (const [field, shared] of Object.entries({ context, integrations })) {
    if (shared === undefined) continue;
    const unfit = measure(shared);
    if (unfit) throw new TributaryError('request_invalid', `${field} of the batch: ${unfit.message}`);
    const bytesMax = LIMITS.sharedBytesPerRequestMax;
    if (bodyBytes * items.length <= bytesMax) continue;
    const bytes = utf8Bytes(JSON.stringify(shared)) * items.length;
    if (bytes <= bytesMax) continue;
    const message = `${field} of the batch makes ${bytes} bytes in its ${items.length} events; ${bytesMax} are allowed. Send fewer events, or less of it.`;
    throw new TributaryError('body_too_large', message);
  }
}

function authenticate(writeKey: string, sourceOfKey: SourceOfKey): string {
  if (writeKey === '') {
    throw new TributaryError(
      'write_key_missing',
      'Give the write key as writeKey in the body or as the user of HTTP Basic.',
    );
  }
  const source = sourceOfKey(writeKey);
  if (!source?.enabled) {
    throw new TributaryError(
      'write_key_unknown',
      'This write key belongs to no source, or to one that is disabled.',
    );
  }
  return source.id;
}

function refusedOf(
  wire: WireRequest,
  envelope: Envelope,
  identifies: Identifies | undefined,
): Array<Rejection & { index: number }> {
  const refused: Array<Rejection & { index: number }> = [];
  for (const [index, item] of wire.items.entries()) {
    const checked = checkEvent(item, index, envelope, 0, identifies);
    if (isRejection(checked)) refused.push({ index, ...checked });
  }
  return refused;
}
