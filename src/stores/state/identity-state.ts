/** The consumer's door to what operators say about identity: rules in force, what they asked for, and the people it concerns. */
import type { ConsentRulesVersion } from '../../core/consent/consent-rules.js';
import type { Identifier } from '../../core/identity/identifier.js';
import type { Mark } from '../../core/identity/mark.js';
import type {
  AccountMember,
  IdentifierChange,
  IdentityEdge,
  Join,
  ProfileMatches,
} from '../../core/identity/population.js';
import type { Refusals } from '../../core/identity/refusal-tally.js';
import type { Release } from '../../core/identity/replay.js';
import type { IdentityRules } from '../../core/identity/rules.js';
import type { Separation } from '../../core/identity/separations.js';
import type { OwnerOverrides } from '../events/event-store.js';

/** A pair of identifiers. */
export type Pair = readonly [Identifier, Identifier];

/** What operators said, as of now. */
export interface IdentityFacts {
  /** 0 stands for the built-in rules. */
  readonly version: number;
  readonly rules: IdentityRules;
  readonly blocked: readonly Identifier[];
  readonly separations: readonly Separation[];
  /** In the order of the log. */
  readonly joins: readonly Join[];
  readonly releases: readonly Release[];
  /** The rules of consent, all versions: events go by those of their place in the log. */
  readonly consent: readonly ConsentRulesVersion[];
}

/** Something that an operator asked for. */
export interface Operation {
  readonly id: number;
  readonly kind:
    | 'merge'
    | 'unmerge'
    | 'block'
    | 'release'
    | 'apply_rules'
    | 'rebuild'
    | 'apply_consent_rules';
  readonly body: unknown;
  /** Of one that goes on: what the last step left. */
  readonly progress: unknown;
  /** When it was asked for, milliseconds since 1970 UTC. */
  readonly at: number;
}

/** What the store knows of some profiles. */
export interface StoredGroup {
  readonly profileIds: readonly string[];
  readonly merges: ReadonlyArray<{ readonly fromId: string; readonly intoId: string }>;
  /** Held now, or once held and moved on since. */
  readonly identifiers: ReadonlyArray<{
    readonly identifier: Identifier;
    readonly profileId: string | undefined;
    readonly mark: Mark | undefined;
  }>;
}

/** One step of an operation: all of it or nothing. */
export interface OperationCommit {
  readonly operation: Operation;
  /** The consumer's place in the log, and how many commits it has made: it must still be there. */
  readonly offset: number;
  readonly commits: number;
  readonly done: boolean;
  readonly progress: unknown;
  readonly result: unknown;
  /** Profiles that the new ones replace, with their merges, identifiers and accounts. */
  readonly replaced: readonly string[];
  readonly profiles: ReadonlyArray<{ readonly id: string; readonly state: string | Buffer }>;
  readonly merged: ReadonlyArray<{ readonly fromId: string; readonly intoId: string }>;
  readonly identifiers: readonly IdentifierChange[];
  readonly edges: readonly IdentityEdge[];
  readonly members: readonly AccountMember[];
  readonly refusals: readonly Refusals[];
  readonly matches: readonly ProfileMatches[];
  readonly separate: readonly Separation[];
  /** Pairs that may share a profile again. */
  readonly unite: readonly Pair[];
  readonly block: readonly Identifier[];
  readonly join: Join | null;
  /** Hand-made merges that no longer hold, by their operation. */
  readonly unjoin: readonly number[];
  readonly release: Release | null;
  readonly rules: { readonly version: number; readonly rules: IdentityRules } | null;
  readonly consentRules: ConsentRulesVersion | null;
  readonly overrides: OwnerOverrides | null;
}

/** The state store, as the consumer uses it for operations. */
export interface IdentityState {
  facts(): Promise<IdentityFacts>;
  /** The oldest operation that is not done. */
  nextOperation(): Promise<Operation | undefined>;
  /** The group that profiles belong to by what the store knows: the ids that were merged into them, and identifiers. */
  group(profileIds: readonly string[]): Promise<StoredGroup>;
  /** Ids of profiles after one, in order: at most so many. */
  profileIdsAfter(id: string, limit: number): Promise<string[]>;
  countProfiles(): Promise<number>;
  commitOperation(commit: OperationCommit): Promise<void>;
  /** Ends an operation that cannot be carried out. */
  failOperation(id: number, error: { code: string; message: string }): Promise<void>;
  /** What the event store was not told yet, oldest first. */
  untold(): Promise<Array<{ readonly seq: number; readonly overrides: OwnerOverrides }>>;
  told(seq: number): Promise<void>;
}
