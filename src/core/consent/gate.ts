/**
 * The consent gate: whether something may leave for the purposes that a destination states. It is asked when a delivery is
 * decided, and once more at the door, with what the person says by then. It fails closed: only a recorded yes opens it.
 */

/** What somebody says of a purpose: true is given, false is refused, undefined was never asked. */
export type Consents = (purpose: string) => boolean | undefined;

/** The gate's answer; the reasons are codes of the books. */
export type GateAnswer =
  | { readonly allowed: true }
  | {
      readonly allowed: false;
      readonly reason: 'consent_refused' | 'consent_missing';
      /** Those that are refused, or else those that nobody said yes to; in the order that the destination states them. */
      readonly purposes: readonly string[];
    };

const ALLOWED: GateAnswer = { allowed: true };

/**
 * Asks the gate. Every purpose must be given by the person, and the event must refuse none.
 * @param purposes what the destination states. Invariant of the caller: a destination without purposes was configured with the
 * reason why it needs no consent.
 * @param person what the person says: see `consentsOf`.
 * @param event what the event itself says, where there is one. Its yes does not count, since the person's newest word does.
 */
export function gate(purposes: readonly string[], person: Consents, event: Consents = silent): GateAnswer {
  const refused = purposes.filter((purpose) => person(purpose) === false || event(purpose) === false);
  if (refused.length > 0) return { allowed: false, reason: 'consent_refused', purposes: refused };
  const missing = purposes.filter((purpose) => person(purpose) !== true);
  if (missing.length > 0) return { allowed: false, reason: 'consent_missing', purposes: missing };
  return ALLOWED;
}

/** What a profile says of purposes; pass its `consent`. */
export function consentsOf(consent: ReadonlyMap<string, { readonly value: boolean }>): Consents {
  return (purpose) => consent.get(purpose)?.value;
}

/** What an event says of purposes: see `CompiledConsent.said`. */
export function eventConsents(said: ReadonlyMap<string, boolean>): Consents {
  return (purpose) => said.get(purpose);
}

function silent(): undefined {
  return undefined;
}
