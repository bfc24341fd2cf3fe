import type { Channel, ShopCall } from '../core/demo/demo-call.js';
import { CHANNELS } from '../core/demo/demo-call.js';
import type { Client, Receipt, Source } from './client.js';

const BATCH_CALLS_MAX = 100;

/** Sends the shop's calls in batches: each channel keeps its order, and the channels do not wait for each other. */
export interface ShopSender {
  /** Takes a call. Waits only while its channel has a full batch and another one on the way. */
  send(channel: Channel, call: ShopCall): Promise<void>;
  /** Sends what is left and waits for every answer. */
  flush(): Promise<void>;
  readonly accepted: number;
  readonly rejected: number;
  /** One of the server's sentences about a rejected call, or empty. */
  readonly complaint: string;
}

/** Makes a sender. Both methods throw what the client threw for any earlier batch. */
export function createShopSender(
  client: Pick<Client, 'sendBatch'>,
  writeKeys: Record<Channel, string>,
): ShopSender {
  const waiting: Record<Channel, ShopCall[]> = { web: [], app: [], email: [], till: [] };
  const onTheWay = new Map<Channel, Promise<void>>();
  const state = { accepted: 0, rejected: 0, complaint: '' };
  let failure: { readonly error: unknown } | undefined;

  const count = ({ accepted, rejected }: Receipt) => {
    state.accepted += accepted;
    state.rejected += rejected.length;
    state.complaint ||= rejected[0]?.message ?? '';
  };
  const sendOff = async (channel: Channel) => {
    await onTheWay.get(channel);
    if (failure) throw failure.error;
    const calls = waiting[channel].splice(0);
    if (calls.length === 0) return;
    // Caught here, thrown by the next call: a rejection that nobody awaits would end the process.
    const sent = client.sendBatch(writeKeys[channel], calls).then(count, (error: unknown) => {
      failure ??= { error };
    });
    onTheWay.set(channel, sent);
  };
  return {
    async send(channel, call) {
      waiting[channel].push(call);
      if (waiting[channel].length >= BATCH_CALLS_MAX) await sendOff(channel);
    },
    async flush() {
      await Promise.all(CHANNELS.map(sendOff));
      await Promise.all(onTheWay.values());
      if (failure) throw failure.error;
    },
    get accepted() {
      return state.accepted;
    },
    get rejected() {
      return state.rejected;
    },
    get complaint() {
      return state.complaint;
    },
  };
}

const SOURCES: Record<Channel, { readonly name: string; readonly kind: string }> = {
  web: { name: 'Demo website', kind: 'web' },
  app: { name: 'Demo app', kind: 'mobile' },
  email: { name: 'Demo e-mail', kind: 'email' },
  till: { name: 'Demo till', kind: 'pos' },
};

/** The write keys of the shop's four sources, which are made where they do not exist. */
export async function ensureShopSources(client: Client): Promise<Record<Channel, string>> {
  const known = await client.sources();
  const keys = { web: '', app: '', email: '', till: '' };
  for (const channel of CHANNELS) {
    const { name, kind } = SOURCES[channel];
    keys[channel] = await writeKeyOf(client, known, name, kind);
  }
  return keys;
}

/** The write key of the source of this name, which is made when there is none whose key is shown. */
export async function writeKeyOf(
  client: Client,
  known: readonly Source[],
  name: string,
  kind: string,
): Promise<string> {
  const own = known.find((source) => source.name === name && typeof source.writeKey === 'string');
  const source = own ?? (await client.createSource(name, kind));
  return source.writeKey ?? '';
}
