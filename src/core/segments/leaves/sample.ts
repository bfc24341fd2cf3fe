import { compileEventField } from '../events/event-field.js';
import type { SegmentEvent } from '../events/segment-event.js';
import type { Fold, Sample } from '../measures/fold.js';
import { isScalar } from '../scalar.js';

/** Reads of an event what a measure needs. */
export interface SampleReader {
  /** Undefined when the event does not count. */
  read(event: SegmentEvent): Sample | undefined;
  readonly reads: readonly string[];
}

/** @param of the path of the value, for measures that need one. */
export function sampleReader(
  { needs, numberMax = Number.POSITIVE_INFINITY }: Fold,
  of: string | undefined,
): SampleReader {
  if (needs === 'nothing' || of === undefined)
    return { read: ({ event }) => ({ at: event.timestamp, offset: event.offset, value: null }), reads: [] };
  const field = compileEventField(of);
  const isWanted =
    needs === 'scalar'
      ? isScalar
      : (value: unknown) => typeof value === 'number' && Math.abs(value) <= numberMax;
  return {
    read(event) {
      const value = field.read(event);
      if (value === undefined || !isWanted(value)) return undefined;
      return { at: event.event.timestamp, offset: event.event.offset, value };
    },
    reads: [of.split('.')[0] as string],
  };
}
