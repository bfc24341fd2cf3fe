import type { SpecifiedType } from '../event/event.js';
import type { JsonObject } from '../json.js';

/** Where the shop meets its people. Each channel is a source of its own. */
export const CHANNELS = ['web', 'app', 'email', 'till'] as const;
export type Channel = (typeof CHANNELS)[number];

/** A call as an SDK sends it, ready for `POST /v1/batch`. */
export interface ShopCall {
  readonly type: SpecifiedType;
  readonly messageId: string;
  /** ISO 8601, UTC. */
  readonly timestamp: string;
  readonly userId?: string;
  readonly anonymousId?: string;
  readonly groupId?: string;
  readonly previousId?: string;
  readonly event?: string;
  readonly name?: string;
  readonly properties?: JsonObject;
  readonly traits?: JsonObject;
  readonly context: JsonObject;
}

/** One thing that the shop sends. */
export interface DemoCall {
  readonly channel: Channel;
  /** When it is sent, in milliseconds since 1970 UTC. Later than `call.timestamp` for a device that was offline. */
  readonly at: number;
  /** True when the very same call was sent before, as clients do when an answer is lost on the way. */
  readonly repeat: boolean;
  readonly call: ShopCall;
}
