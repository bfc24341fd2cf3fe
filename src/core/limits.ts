/** Every limit of the core, named with its unit. Limits that an operator may change are settings (config.ts). */
export const LIMITS = {
  /** Characters of a userId, anonymousId, groupId or previousId. */
  identifierCharsMax: 512,
  /** Identifiers that one merge call names. */
  mergePropertiesMax: 20,
  messageIdCharsMax: 255,
  eventNameCharsMax: 255,
  /** Objects and arrays inside each other. */
  nestingDepthMax: 32,
  /** Levels up to which a refused event is shown as JSON; printing a far deeper one would overflow the stack. */
  shownDepthMax: 200,
  /** Object keys and array items of one event, all levels together. */
  valuesPerEventMax: 5_000,
  /** Events of one batch request. Segment allows 2,500; import blocks and server SDKs send more. */
  eventsPerRequestMax: 20_000,
  /** Bytes of what a batch gives for all its events, copied to each of them. */
  sharedBytesPerRequestMax: 64 * 1024 * 1024,
  /** Times outside are refused: ClickHouse's DateTime64(3) holds 1900 to 2299. */
  timestampMin: Date.UTC(1900, 0, 1),
  timestampMax: Date.UTC(2200, 0, 1),
  /** Traits, and purposes of consent, that a profile keeps; what comes beyond stays in the events alone. */
  traitsPerProfileMax: 5_000,
  /** Sources whose value of one trait is kept, the newest. */
  sourcesPerTraitMax: 20,
  /** Different values of one trait that are counted, where the most frequent one counts. */
  valuesPerTraitMax: 50,
  /** Items of one trait that is a union of arrays, and leaves of one that is an object. */
  itemsPerTraitMax: 200,
  /** Identifiers, ids of merged profiles, and accounts that a profile's row holds; what is beyond, the store's tables know. */
  identifiersPerProfileMax: 1_000,
  mergedIdsPerProfileMax: 1_000,
  accountsPerProfileMax: 1_000,
  /** Different values that one measure of a segment keeps for a person, the first that came. */
  measuredValuesMax: 1_000,
  /** Events that one window of a segment keeps for a person, and that one sequence does: the newest. */
  windowEventsMax: 300,
  sequenceEventsMax: 100,
  /** Most events that a segment may ask to have been counted in a window that moves: so many are kept. */
  countedInWindowMax: 1_000,
  /** Names counted one by one on a profile; further ones are counted together under OTHER_EVENTS. */
  countedNamesPerProfileMax: 1_000,
  /** Objects, arrays and directives of a mapping inside each other, and all of its values together. */
  mappingDepthMax: 32,
  mappingValuesMax: 2_000,
  /** Characters of one text, key or path in a mapping; of a Liquid template as the destinations' library has it. */
  mappingTextCharsMax: 10_000,
  liquidCharsMax: 1_000,
  /** Characters of what a mapping makes of one event, each value counting a few; and of any text on the way there. */
  mappedCharsMax: 1_000_000,
  /** Objects and arrays inside each other in what a mapping makes. */
  mappedDepthMax: 100,
  /** Minutes of silence of a source that an alert rule may tell of: 30 days at most. */
  silenceMinutesMin: 1,
  silenceMinutesMax: 43_200,
  /** Products that a mapping may ask to have recommended. */
  recommendationsMax: 50,
} as const;
