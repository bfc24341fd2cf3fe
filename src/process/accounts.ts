import type { Account } from '../core/account/account.js';
import { createAccount, decodeAccount, encodeAccount, foldAccount } from '../core/account/account.js';
import type { Event } from '../core/event/event.js';
import type { TraitRules } from '../core/profile/traits/trait-rules.js';
import type { PipelineState } from '../stores/state/pipeline-state.js';
import { RecentMap } from './recent-map.js';

const ACCOUNTS_CACHED_MAX = 10_000;

/** The accounts that the events at hand speak of: read in bulk, changed in memory, given out to be written. */
export class Accounts {
  readonly #state: PipelineState;
  readonly #traits: TraitRules;
  readonly #accounts = new RecentMap<string, Account>(ACCOUNTS_CACHED_MAX);
  #changed = new Map<string, Account>();

  constructor(state: PipelineState, traits: TraitRules) {
    this.#state = state;
    this.#traits = traits;
  }

  /** Reads what folding these events can ask for. */
  async load(events: readonly Event[]): Promise<void> {
    this.#accounts.age();
    const asked = new Set<string>();
    for (const { type, groupId } of events) {
      if (type === 'group') asked.add(groupId);
    }
    await this.read(asked);
  }

  /** Reads accounts that are not at hand; one that no group call named is empty. */
  async read(groupIds: Iterable<string>): Promise<void> {
    const asked = new Set([...groupIds].filter((groupId) => this.#accounts.get(groupId) === undefined));
    if (asked.size === 0) return;
    const stored = await this.#state.accounts([...asked]);
    for (const groupId of asked) {
      const text = stored.get(groupId);
      this.#accounts.set(groupId, text === undefined ? createAccount(groupId) : decodeAccount(groupId, text));
    }
  }

  /** An account that was read before. */
  get(groupId: string): Account | undefined {
    return this.#accounts.get(groupId);
  }

  /** Folds a loaded event into its account, if it is a group call. */
  fold(event: Event): void {
    if (event.type !== 'group') return;
    const account = this.#accounts.get(event.groupId);
    // Invariant: `load` was given the event.
    if (account === undefined) throw new Error(`Account ${event.groupId} was not loaded`);
    foldAccount(account, event, this.#traits);
    this.#changed.set(event.groupId, account);
  }

  /** What changed since the last call, ready to be written. */
  takeChanges(): Array<{ readonly groupId: string; readonly state: string; readonly account: Account }> {
    const changes = Array.from(this.#changed.values(), (account) => ({
      groupId: account.groupId,
      state: encodeAccount(account),
      account,
    }));
    this.#changed = new Map();
    return changes;
  }
}
