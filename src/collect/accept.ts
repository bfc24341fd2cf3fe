import { randomUUID } from 'node:crypto';
import type { Rejection } from '../core/errors.js';
import { TributaryError } from '../core/errors.js';
import { checkEvent, isRejection } from '../core/event/check.js';
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
  const closed = parts.closed();
  if (closed) throw closed;
  const receipt = randomUUID();
  const count = wire.items.length;
  if (count === 0) return { receipt, accepted: 0, rejected: [] };
  const record = { sourceId, receivedAt: startedAt, receipt, call, ip, userAgent, direct, count, body };
  const rejected = refusedOf(wire, {
    ...{ call, sourceId, receipt, receivedAt: startedAt, ip, userAgent, direct },
    ...{ context: wire.context, integrations: wire.integrations, sentAt: wire.sentAt },
    bodyBytes: body.length,
    eventBytesMax: parts.eventBytesMax,
    escapes: text.includes('\\u'),
  });
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

function refusedOf(wire: WireRequest, envelope: Envelope): Array<Rejection & { index: number }> {
  const refused: Array<Rejection & { index: number }> = [];
  for (const [index, item] of wire.items.entries()) {
    const checked = checkEvent(item, index, envelope, 0);
    if (isRejection(checked)) refused.push({ index, ...checked });
  }
  return refused;
}
