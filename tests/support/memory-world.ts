/** Identity in memory: the real pipeline's people and the real operations, over stores that are Maps, so that hundreds of worlds run in seconds. */
import { isCrawler } from '../../src/core/enrich/bot.js';
import type { Event } from '../../src/core/event/event.js';
import type { Identifier } from '../../src/core/identity/identifier.js';
import { identifierOf, keyOf } from '../../src/core/identity/identifier.js';
import type { Join, Owner } from '../../src/core/identity/population.js';
import type { IdentityRules } from '../../src/core/identity/rules.js';
import { DEFAULT_RULES } from '../../src/core/identity/rules.js';
import { inForce } from '../../src/process/force.js';
import { OperationAttempts } from '../../src/process/operate.js';
import { People } from '../../src/process/people.js';
import type { EventStore, HistoryEvent } from '../../src/stores/events/event-store.js';
import type {
  IdentityFacts,
  IdentityState,
  Operation,
  OperationCommit,
} from '../../src/stores/state/identity-state.js';
import type { PipelineState } from '../../src/stores/state/pipeline-state.js';

type Changes = Pick<
  OperationCommit,
  'profiles' | 'merged' | 'identifiers' | 'members' | 'refusals' | 'matches'
>;

/** What a world holds, in a form that can be compared. */
export interface Snapshot {
  /** By id the stored form, its lists sorted. */
  readonly profiles: Readonly<Record<string, unknown>>;
  /** By key whose an identifier is, and its mark. */
  readonly owners: Readonly<Record<string, unknown>>;
  /** By offset whose an event is. */
  readonly events: Readonly<Record<number, string>>;
  readonly refusals: Readonly<Record<string, number>>;
  readonly matches: readonly string[];
}

/** One world; see the head of the file. */
export class MemoryWorld {
  readonly profiles = new Map<string, string>();
  readonly owners = new Map<string, Owner>();
  #facts: IdentityFacts;
  readonly #merges = new Map<string, string>();
  readonly #events: Array<{ -readonly [Key in keyof HistoryEvent]: HistoryEvent[Key] }> = [];
  readonly #refusals = new Map<string, number>();
  readonly #matches = new Map<string, string[]>();
  #operations = 0;
  #failed: string | undefined;

  constructor(rules: IdentityRules = DEFAULT_RULES) {
    this.#facts = { version: 0, rules, blocked: [], separations: [], joins: [], releases: [], consent: [] };
  }

  get facts(): IdentityFacts {
    return this.#facts;
  }

  /** Events take place, each in a batch of its own or all in one. */
  async live(events: readonly Event[], batch = 1): Promise<void> {
    for (let from = 0; from < events.length; from += batch) {
      const people = new People(this.#state, inForce(this.#facts));
      const some = events.slice(from, from + batch);
      await people.load(some);
      for (const event of some) {
        const crawled = typeof event.context.userAgent === 'string' && isCrawler(event.context.userAgent);
        const id = people.place(event);
        this.#events.push({ event, isCrawler: crawled, writtenId: id, placedId: id });
      }
      this.#write(people.takeChanges());
    }
  }

  /** An operator's deed. @returns why it failed; undefined when it did not. */
  async operate(kind: Operation['kind'], body: unknown): Promise<string | undefined> {
    this.#operations += 1;
    this.#failed = undefined;
    let operation: Operation = { id: this.#operations, kind, body, progress: null, at: 5_000 };
    const offset = this.#next;
    const parts = { state: this.#state, identity: this.#identity, history: this.#history, events: NO_EVENTS };
    for (let going = true; going && this.#failed === undefined; ) {
      await new OperationAttempts().run(operation, parts, { offset, commits: 0 });
      operation = { ...operation, progress: this.#progress };
      going = this.#progress !== null;
    }
    return this.#failed;
  }

  /** What a world is like in which two were apart from here on. */
  keepApart(a: Identifier, b: Identifier): void {
    const separation = { pair: [a, b] as const, since: this.#next };
    this.#facts = { ...this.#facts, separations: [...this.#facts.separations, separation] };
  }

  get #next(): number {
    return (this.#events.at(-1)?.event.offset ?? -1) + 1;
  }

  /** The hand-made merge that is in force between two. */
  joinsOf(a: Identifier, b: Identifier): number[] {
    const isIt = ({ a: x, b: y }: Join) =>
      (keyOf(x) === keyOf(a) && keyOf(y) === keyOf(b)) || (keyOf(x) === keyOf(b) && keyOf(y) === keyOf(a));
    return this.#facts.joins.filter(isIt).map(({ operationId }) => operationId);
  }

  snapshot(): Snapshot {
    const home = (id: string) => this.#merges.get(id) ?? id;
    return {
      profiles: Object.fromEntries(
        Array.from(this.profiles, ([id, text]) => [id, sorted(JSON.parse(text) as Record<string, unknown>)]),
      ),
      owners: Object.fromEntries(this.owners),
      events: Object.fromEntries(this.#events.map(({ event, placedId }) => [event.offset, home(placedId)])),
      refusals: Object.fromEntries([...this.#refusals].sort()),
      matches: [...this.#matches].flatMap(([id, held]) => held.map((one) => `${id} ${one}`)).sort(),
    };
  }

  #progress: unknown = null;

  readonly #state = {
    ownersOf: async (asked: readonly Identifier[]) => {
      const known = asked.flatMap((one): Array<[string, Owner]> => {
        const owner = this.owners.get(keyOf(one));
        return owner === undefined ? [] : [[keyOf(one), owner]];
      });
      return new Map(known);
    },
    profiles: async (ids: readonly string[]) => {
      const found = new Map<string, { home: string; state: string }>();
      for (const id of ids) {
        const home = this.#merges.get(id) ?? id;
        const state = this.profiles.get(home);
        if (state !== undefined) found.set(id, { home, state });
      }
      return found;
    },
  } as unknown as PipelineState;

  readonly #history = {
    ofProfiles: async (ids: readonly string[], { after, limit }: { after: number; limit: number }) => {
      const wanted = new Set(ids);
      return this.#events
        .filter(({ event, placedId }) => event.offset > after && wanted.has(placedId))
        .slice(0, limit)
        .map((one) => ({ ...one }));
    },
    all: async () => this.#events,
  };

  readonly #identity: IdentityState = {
    facts: async () => this.#facts,
    nextOperation: async () => undefined,
    group: async (profileIds) => ({
      profileIds,
      merges: Array.from(this.#merges, ([fromId, intoId]) => ({ fromId, intoId })).filter(({ intoId }) =>
        profileIds.includes(intoId),
      ),
      identifiers: [...this.owners].flatMap(([key, owner]) => {
        const mark = typeof owner === 'string' ? undefined : owner.mark;
        const profileId = typeof owner === 'string' ? owner : owner.profileId;
        const identifier = identifierOf(key);
        return profileIds.includes(profileId ?? '') ? [{ identifier, profileId, mark }] : [];
      }),
    }),
    profileIdsAfter: async (id, limit) =>
      [...this.profiles.keys()]
        .filter((one) => one > id)
        .sort()
        .slice(0, limit),
    countProfiles: async () => this.profiles.size,
    commitOperation: async (commit) => this.#commit(commit),
    failOperation: async (_id, error) => {
      this.#failed = error.code;
    },
    untold: async () => [],
    told: async () => {},
  };

  #commit(commit: OperationCommit): void {
    const { facts } = this;
    this.#progress = commit.done ? null : commit.progress;
    for (const id of commit.replaced) this.#forget(id);
    this.#write(commit);
    const keys = new Set(commit.block.map(keyOf));
    for (const key of keys) this.owners.delete(key);
    const united = new Set(commit.unite.map(nameOf));
    this.#facts = {
      version: commit.rules?.version ?? facts.version,
      rules: commit.rules?.rules ?? facts.rules,
      blocked: [...facts.blocked, ...commit.block],
      separations: [...facts.separations.filter(({ pair }) => !united.has(nameOf(pair))), ...commit.separate],
      joins: [...facts.joins, ...(commit.join === null ? [] : [commit.join])].filter(
        ({ operationId }) => !commit.unjoin.includes(operationId),
      ),
      releases: [...facts.releases, ...(commit.release === null ? [] : [commit.release])],
      consent: [...facts.consent, ...(commit.consentRules === null ? [] : [commit.consentRules])],
    };
    for (const one of this.#events) {
      const moved = commit.overrides?.events.find(({ offset }) => offset === one.event.offset);
      if (moved) one.placedId = moved.profileId;
    }
  }

  #forget(id: string): void {
    this.profiles.delete(id);
    this.#matches.delete(id);
    for (const [from, into] of this.#merges) if (into === id) this.#merges.delete(from);
    for (const [key, owner] of this.owners) {
      if ((typeof owner === 'string' ? owner : owner.profileId) === id) this.owners.delete(key);
    }
    for (const key of this.#refusals.keys()) if (key.startsWith(id)) this.#refusals.delete(key);
  }

  #write({ profiles, merged, identifiers, refusals, matches }: Changes): void {
    for (const { fromId, intoId } of merged) {
      for (const [key, times] of this.#refusals) {
        if (!key.startsWith(fromId)) continue;
        this.#refusals.delete(key);
        this.#refuse(key.replace(fromId, intoId), times);
      }
      for (const [from, into] of this.#merges) if (into === fromId) this.#merges.set(from, intoId);
      this.#merges.set(fromId, intoId);
      this.profiles.delete(fromId);
    }
    for (const { id, state } of profiles) this.profiles.set(id, state.toString());
    for (const { identifier, profileId, mark } of identifiers) {
      const key = keyOf(identifier);
      const known = this.owners.get(key);
      const kept = mark === 'kept' ? (typeof known === 'object' ? known.mark : undefined) : mark;
      // Invariant: without a mark there is a profile.
      this.owners.set(key, kept === undefined ? (profileId as string) : { profileId, mark: kept });
    }
    for (const { profileId, kind, rule, times } of refusals)
      this.#refuse(`${profileId} ${kind} ${rule}`, times);
    for (const { profileId, held } of matches) {
      const rows = Array.from(held, ([rule, match]) => `${rule} ${Object.values(match).join(' ')}`);
      if (rows.length === 0) this.#matches.delete(profileId);
      else this.#matches.set(profileId, rows);
    }
  }

  #refuse(key: string, times: number): void {
    this.#refusals.set(key, (this.#refusals.get(key) ?? 0) + times);
  }
}

function nameOf(pair: readonly [Identifier, Identifier]): string {
  return pair.map(keyOf).sort().join(' ');
}

/** Operations do not write events. */
const NO_EVENTS = {} as unknown as EventStore;

function sorted(state: Record<string, unknown>): unknown {
  return Object.fromEntries(
    Object.entries(state).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map((one) => JSON.stringify(one)).sort() : value,
    ]),
  );
}
