import type { MemberCount } from '../account/member-count.js';
import type { JsonValue } from '../json.js';
import type { Leaf, LeafState } from './leaves/leaf.js';

/** A person as definitions look at one. */
export interface Person {
  /** Of the profile. */
  readonly id: string;
  /** The value of a trait that counts; null where somebody said that there is none. */
  trait(name: string): JsonValue | undefined;
  /** The last word on a purpose. */
  consent(purpose: string): boolean | undefined;
  /** The person's accounts, each as a reader of its traits. */
  accounts(): ReadonlyArray<(trait: string) => JsonValue | undefined>;
  /** Of each of the person's accounts: how many belong to it, and how many of those are in a segment that is counted. */
  members(segment: string): readonly MemberCount[];
  /** What is remembered for a leaf. */
  state(leaf: Leaf): LeafState | undefined;
}
