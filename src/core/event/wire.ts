/**
 * The Segment wire: from a request's JSON to its items. Nothing is judged here; `check.ts` does that, item by item.
 * Source: https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/
 */
import type { JsonObject, JsonValue } from '../json.js';
import { isObject } from '../json.js';
import type { EventType } from './event.js';

/** What a request was sent as: one event of a type, or a batch whose items name theirs. */
export type Call = EventType | 'batch' | 'import';

/** What all items of one request share. */
export interface Envelope {
  readonly call: Call;
  readonly sourceId: string;
  /** Names the request; items without a messageId get one derived from it, the same at every replay. */
  readonly receipt: string;
  readonly receivedAt: number;
  /** Address and user agent of the request; empty when there are none. */
  readonly ip: string;
  readonly userAgent: string;
  /** True when the request came from the person's own device, so that these two are the person's. */
  readonly direct: boolean;
  /** Of a batch: merged into each item, whose own keys win. */
  readonly context?: JsonObject | undefined;
  readonly integrations?: JsonObject | undefined;
  readonly sentAt?: JsonValue | undefined;
  /** Bytes of the whole body, and how many one event may have: only in a body over that can there be such an event. */
  readonly bodyBytes: number;
  readonly eventBytesMax: number;
  /** True when the text held `\u` escapes, the only way in for NUL and lone surrogates. */
  readonly escapes: boolean;
}

/** The body of a request, taken apart. */
export interface WireRequest {
  readonly items: readonly JsonValue[];
  readonly writeKey: string;
  readonly context?: JsonObject | undefined;
  readonly integrations?: JsonObject | undefined;
  readonly sentAt?: JsonValue | undefined;
}

/** Takes a parsed body apart; undefined when it has no items where the call needs them. */
export function readWire(call: Call, body: JsonValue): WireRequest | undefined {
  if (call !== 'batch' && call !== 'import') {
    return { items: [body], writeKey: isObject(body) ? textOf(body.writeKey) : '' };
  }
  if (!isObject(body) || !Array.isArray(body.batch)) return undefined;
  return {
    items: body.batch,
    writeKey: textOf(body.writeKey),
    context: isObject(body.context) ? body.context : undefined,
    integrations: isObject(body.integrations) ? body.integrations : undefined,
    sentAt: body.sentAt,
  };
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
