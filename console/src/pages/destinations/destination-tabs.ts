/** The parts of a destination's page. */
export const DESTINATION_TABS = ['overview', 'connections', 'dead', 'settings'] as const;
/** How far back its figures go. */
export const SPANS = ['hour', 'day', 'week'] as const;

/** What the page shows; its address holds it. */
export interface DestinationSearch {
  readonly tab?: (typeof DESTINATION_TABS)[number] | undefined;
  readonly span?: (typeof SPANS)[number] | undefined;
}
