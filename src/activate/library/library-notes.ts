/** What the library's destinations note down for their next call, kept in the destination's small state. */
import { isObject, type JsonObject } from '../../core/json.js';
import type { SendContext } from '../destinations/destination.js';

/** The forms in which the library asks for places to keep notes. */
export interface LibraryNotes {
  readonly stateContext: object;
  readonly engageDestinationCache: object;
  /** Keeps what was noted. */
  save(): Promise<void>;
}

const STATE_KEY = 'notes';
/** The newest. */
const NOTES_MAX = 1_000;
const CACHE_SECONDS_MAX = 600;
const CACHE_BYTES_MAX = 64 * 1024;
const TRANSACTION_MS_MAX = 24 * 3_600_000;

/** Reads the notes of a destination: the library asks for them without waiting. */
export async function libraryNotes({
  state,
  now,
}: Pick<SendContext, 'state' | 'now'>): Promise<LibraryNotes> {
  const stored = await state.get(STATE_KEY);
  const notes = new Map<string, [value: string, until: number]>(
    isObject(stored) ? (Object.entries(stored) as []) : [],
  );
  let changed = false;
  const setByKey = async (key: string, value: string, expiryInSeconds = CACHE_SECONDS_MAX) => {
    await state.set(`cache:${key}`, value, Math.min(expiryInSeconds, CACHE_SECONDS_MAX) * 1000);
    return true;
  };
  return {
    stateContext: {
      getRequestContext(key: string) {
        const [value, until] = notes.get(key) ?? [undefined, 0];
        return now() < until ? value : undefined;
      },
      setResponseContext(key: string, value: string, { hour = 0, minute = 0, second = 0 } = {}) {
        const ttlMs = ((hour * 60 + minute) * 60 + second) * 1000;
        notes.delete(key);
        notes.set(key, [value, ttlMs > 0 ? now() + ttlMs : Number.MAX_SAFE_INTEGER]);
        changed = true;
      },
    },
    engageDestinationCache: {
      maxExpirySeconds: CACHE_SECONDS_MAX,
      maxValueSizeBytes: CACHE_BYTES_MAX,
      getByKey: async (key: string) => (await state.get(`cache:${key}`)) ?? null,
      setByKey,
      setByKeyNX: async (key: string, value: string, expiryInSeconds?: number) =>
        (await state.get(`cache:${key}`)) === undefined && setByKey(key, value, expiryInSeconds),
      async delByKey(key: string) {
        await state.set(`cache:${key}`, null, 1);
        return 1;
      },
    },
    async save() {
      if (!changed) return;
      const valid = [...notes].filter(([, [, until]]) => now() < until).slice(-NOTES_MAX);
      await state.set(STATE_KEY, Object.fromEntries(valid));
    },
  };
}

/**
 * What was noted of a person, for the next event about them: HubSpot's contact is then found by its companies.
 * @returns what the library is given, and how what it noted is kept.
 */
export async function transactionOf(
  profileId: string,
  { state }: Pick<SendContext, 'state'>,
): Promise<{ readonly transactionContext: object; save(): Promise<void> }> {
  const key = `transaction:${profileId}`;
  const stored = await state.get(key);
  const transaction: JsonObject = isObject(stored) ? stored : {};
  let changed = false;
  return {
    transactionContext: {
      transaction,
      setTransaction(name: string, value: string) {
        transaction[name] = value;
        changed = true;
      },
    },
    async save() {
      if (changed) await state.set(key, transaction, TRANSACTION_MS_MAX);
    },
  };
}
