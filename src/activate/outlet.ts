/** What a destination is sent to through: its kind's code, and what that is given to work with. Lives as long as the destination's settings do. */
import type { JsonObject } from '../core/json.js';
import type { DestinationValues } from '../stores/state/destination-values.js';
import type { DestinationKind, Exchange, SendContext, SmallState } from './destinations/destination.js';
import type { AddressRules } from './http/address-rules.js';
import { DestinationHttp } from './http/destination-http.js';
import type { Time } from './time.js';

/** A destination, as far as its code sees it. */
export interface OutletTo {
  readonly id: string;
  /** Undefined for one that is not stored yet: it keeps nothing. */
  readonly number: number | undefined;
  readonly settings: JsonObject;
  readonly secretNames: readonly string[];
}

/** One call through an outlet. */
export interface OutletCall {
  readonly context: SendContext;
  /** What went over the wire, secrets masked; grows while the call lasts. */
  readonly exchanges: readonly Exchange[];
}

/** See the head of the file. */
export interface Outlet {
  readonly kind: DestinationKind;
  call(call: {
    readonly options: JsonObject;
    readonly signal: AbortSignal;
    readonly timeoutMs: number;
    readonly dryRun: boolean;
  }): OutletCall;
  close(): Promise<void>;
}

/** What outlets lean on. */
export interface OutletParts {
  readonly rules: AddressRules;
  readonly values: DestinationValues;
  readonly time: Time;
  /** HMAC-SHA-256 by a key of this instance for one use. */
  readonly mac: (use: string, text: string) => Uint8Array;
  readonly unsubscribeLink?: SendContext['unsubscribeLink'];
  readonly files?: SendContext['files'];
}

/** Opens the outlet of a destination. */
export function openOutlet(kind: DestinationKind, to: OutletTo, parts: OutletParts): Outlet {
  const secrets = to.secretNames.flatMap((name) => textsOf(to.settings[name]));
  const http = new DestinationHttp({ rules: parts.rules, secrets });
  const { values, time, mac, unsubscribeLink, files } = parts;
  const state = to.number === undefined ? NO_VALUES : smallState(to.number, values, time);
  return {
    kind,
    call({ options, signal, timeoutMs, dryRun }) {
      const { fetch, resolve, record, exchanges } = http.call({ signal, timeoutMs, dryRun });
      const context: SendContext = {
        ...{
          destinationId: to.id,
          settings: to.settings,
          options,
          fetch,
          resolve,
          record,
          state,
          mac,
          signal,
          dryRun,
        },
        ...(unsubscribeLink === undefined ? {} : { unsubscribeLink }),
        ...(files === undefined ? {} : { files }),
        now: time.now,
      };
      return { context, exchanges };
    },
    close: () => http.close(),
  };
}

/** Every text within a value: secrets may be objects. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

const NO_VALUES: SmallState = { get: async () => undefined, set: async () => {} };

function smallState(destination: number, values: DestinationValues, time: Time): SmallState {
  return {
    get: (key) => values.get(destination, key, time.now()),
    set: (key, value, ttlMs) =>
      values.set(destination, key, value, ttlMs === undefined ? undefined : time.now() + ttlMs),
  };
}
