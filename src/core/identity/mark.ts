/** What is known of an identifier beyond whose it is; most have no mark. */
export interface Mark {
  /** Profiles that held it before, oldest first, each until a time (of the event that moved it on, milliseconds since 1970 UTC). */
  readonly former?: ReadonlyArray<readonly [profileId: string, until: number]>;
  /** Other people that gave it too and did not get it, or that it moved on to: counted up to the limit of its kind. */
  readonly asked?: readonly string[];
  /** How often it was set free: a profile that begins with it anew has another id each time. */
  readonly generation?: number;
  /** The log offset from which on it is quarantined: it belongs to nobody, and links nobody. */
  readonly quarantinedAt?: number;
}
