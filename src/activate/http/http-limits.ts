/** Limits of one HTTP request of a destination, named with their units. */
export const HTTP_LIMITS = {
  /** All of it: connecting, redirects and reading the answer. */
  requestMsMax: 30_000,
  /** Of an answer, after decompression. */
  responseBytesMax: 8 * 1024 * 1024,
  redirectsMax: 5,
  /** Of a body that is kept with the attempt. */
  recordedBodyCharsMax: 16_384,
  /** Of exchanges that are kept with one attempt; a tool may be asked many things in between. */
  recordedExchangesMax: 20,
  connectionsPerHostMax: 64,
} as const;
