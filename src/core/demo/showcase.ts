import type { DemoCall } from './demo-call.js';

/** Finds the person whose profile shows most: several devices, a few orders, all the channels. */
export interface Showcase {
  note(call: DemoCall): void;
  /** The userId of the best one so far; undefined while nobody has an account. */
  best(): string | undefined;
}

interface Seen {
  readonly devices: Set<string>;
  readonly channels: Set<string>;
  orders: number;
}

/** Makes an empty one. It keeps a little for each account. */
export function createShowcase(): Showcase {
  const people = new Map<string, Seen>();
  return {
    note({ channel, repeat, call }) {
      if (call.userId === undefined || repeat) return;
      const seen = people.get(call.userId) ?? { devices: new Set(), channels: new Set(), orders: 0 };
      people.set(call.userId, seen);
      seen.channels.add(channel);
      if (call.anonymousId !== undefined) seen.devices.add(call.anonymousId);
      if (call.event === 'Order Completed') seen.orders += 1;
    },
    best() {
      let best: string | undefined;
      let most = -1;
      for (const [userId, seen] of people) {
        if (score(seen) <= most) continue;
        best = userId;
        most = score(seen);
      }
      return best;
    },
  };
}

/** Beyond a few of a kind, more of it shows nothing new. */
function score({ devices, channels, orders }: Seen): number {
  return 3 * channels.size + 2 * Math.min(4, devices.size) + Math.min(5, orders);
}
