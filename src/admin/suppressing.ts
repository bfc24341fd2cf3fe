import { createHash } from 'node:crypto';
import { callOf } from '../core/consent/suppression.js';
import type { Unsubscribe } from '../core/consent/unsubscribe-token.js';
import { TributaryError } from '../core/errors.js';
import type { JsonObject } from '../core/json.js';
import { findProfile } from '../stores/state/profiles.js';
import type { NewSuppression, Suppressions, UntoldCall } from '../stores/state/suppressions.js';
import type { AdminParts } from './admin-parts.js';
import type { PersonNamer } from './person-namer.js';
import { personNamer } from './person-namer.js';
import { moment } from './profile-json.js';

/** The source of what people, and operators in their name, say of consent. */
export const CONSENT_SOURCE = { name: 'tributary-consent', kind: 'consent' } as const;

/** Calls told at once. */
const TOLD_AT_ONCE_MAX = 1_000;
const LINK = 'unsubscribe link';

type Parts = Pick<AdminParts, 'pool' | 'sources' | 'rulesInForce' | 'appendOwn'> & {
  readonly suppressions: Suppressions;
};

/** Puts people on suppression lists, and tells it on their timelines. */
export class Suppressing {
  readonly #parts: Parts;
  #telling: Promise<void> = Promise.resolve();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Suppresses from now on. Resolves when it is durable, with how many entries are new. */
  async suppress(list: readonly NewSuppression[]): Promise<number> {
    const added = await this.#parts.suppressions.add(list);
    await this.#tellSoon();
    return added.length;
  }

  /** Carries out what a link says. Once more, it changes nothing: but for who has said yes again since, and says no again. */
  async unsubscribe({ delivery, ...ended }: Unsubscribe): Promise<void> {
    const cause = { ...ended, reason: 'unsubscribed', source: LINK, proof: { delivery } } as const;
    const added = await this.#parts.suppressions.add([cause]);
    if (added.length === 0) await this.#refuseAgain(cause);
    await this.#tellSoon();
  }

  /** Tells what was not told yet, one after the other. @throws TributaryError when the log cannot be written. */
  tell(): Promise<void> {
    const telling = this.#telling.then(() => this.#tell());
    this.#telling = telling.catch(() => {});
    return telling;
  }

  /** What cannot be told now stays in the outbox, and a chore of the server tells it, and what keeps it from doing so. */
  async #tellSoon(): Promise<void> {
    await this.tell().catch(() => {});
  }

  async #tell(): Promise<void> {
    const { suppressions, sources, appendOwn } = this.#parts;
    for (;;) {
      const untold = await suppressions.untold(TOLD_AT_ONCE_MAX);
      if (untold.length === 0) return;
      const namer = await personNamer(this.#parts);
      const { id } = await sources.ensure(CONSENT_SOURCE);
      await appendOwn(
        id,
        untold.flatMap((one) => wholeCall(one, namer)),
      );
      await suppressions.told(untold.map(({ messageId }) => messageId));
    }
  }

  async #refuseAgain(cause: NewSuppression): Promise<void> {
    const { pool, suppressions } = this.#parts;
    const { channel, kind, value, reason } = cause;
    const [standing] = await suppressions.list({ channel, kind, value, reason }, Number.MAX_SAFE_INTEGER, 1);
    const profile = await findProfile(pool, { kind, value });
    if (standing === undefined || profile === undefined) return;
    const again = cause.purposes.flatMap((purpose) => {
      const word = profile.consent.get(purpose);
      return word?.value === true && word.at > standing.at ? [{ purpose, messageId: word.messageId }] : [];
    });
    const call = callOf({ ...cause, purposes: again.map(({ purpose }) => purpose) });
    if (again.length === 0 || call === undefined) return;
    // It follows from what it answers: two clicks on one yes are one no.
    const messageId = uuidOf(JSON.stringify([channel, kind, value, again]));
    await suppressions.tell({ messageId, kind, value, call });
  }
}

/** Nothing where the rules no longer know a way to name whom it concerns. */
function wholeCall({ messageId, kind, value, at, call }: UntoldCall, namer: PersonNamer): JsonObject[] {
  try {
    const { given } = namer({ kind, value }, 'outbox');
    return [{ ...withBoth(given, call), messageId, timestamp: moment(at) }];
  } catch (error) {
    if (error instanceof TributaryError) return [];
    throw error;
  }
}

/** Two calls in one: objects that both have are joined, so that an identifier in the properties and what is said there both stay. */
function withBoth(one: JsonObject, other: JsonObject): JsonObject {
  const both: JsonObject = { ...one, ...other };
  for (const part of ['properties', 'context', 'traits'] as const) {
    const [a, b] = [one[part], other[part]];
    if (a !== undefined && b !== undefined) both[part] = { ...(a as JsonObject), ...(b as JsonObject) };
  }
  return both;
}

function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
