/** What is known of an identifier beyond whose it is; most have no mark. */
export interface Mark {
  /** Profiles that held it before, oldest first, each until a time (of the event that moved it on, milliseconds since 1970 UTC). */
  readonly former?: ReadonlyArray<readonly [profileId: string, until: number]>;
  /** Other people that gave it too and did not get it, or that it moved on to; of a quarantined value, those after that as well. */
  readonly asked?: readonly string[];
  /** True when it was given by others, or in events, that nobody remembers: a quarantine is then a fact that nothing but a release ends. */
  readonly more?: true;
  /** Those who gave it before it was set free. */
  readonly earlier?: readonly string[];
  /** How often it was set free: a profile that begins with it anew has another id each time. */
  readonly generation?: number;
  /** The log offset from which on it is quarantined: it belongs to nobody, and links nobody. */
  readonly quarantinedAt?: number;
  /** In a replay: the further times at which it will be quarantined again, each after a release. */
  readonly later?: readonly number[];
}

/** People that are remembered to have given one identifier of somebody else. */
export const ASKED_MAX = 1_000;

/** The mark of an identifier that was in quarantine and is set free. */
export function releasedMark({ former, asked = [], earlier = [], generation = 0, later = [] }: Mark): Mark {
  const [next, ...others] = later;
  const people = [...new Set([...earlier, ...asked])].slice(-ASKED_MAX);
  return {
    ...(former === undefined ? {} : { former }),
    ...(people.length === 0 ? {} : { earlier: people }),
    generation: generation + 1,
    ...(next === undefined ? {} : { quarantinedAt: next, more: true, later: others }),
  };
}
