/** All advisory locks of PostgreSQL that Tributary takes, in one place: two of one number would wait for each other for ever. */
export const ADVISORY_LOCKS = {
  /** Of whoever migrates. */
  migration: 7_164_000,
  /** Of whoever opens a segment of the log. */
  logSegment: 7_164_001,
  /** The lease of the one consumer. */
  consumer: 7_164_002,
  /** The lease of the one deliverer. */
  deliverer: 7_164_003,
  /** Of whoever counts what is bought together. */
  recommendations: 7_164_004,
} as const;
