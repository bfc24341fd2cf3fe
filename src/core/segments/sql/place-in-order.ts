/**
 * The place of an event in the order of all: its time, and after it its offset in the log. One number of 128 bits, since ClickHouse compares, sorts
 * and keeps tuples at several times the cost.
 */

/** A place. @param ms SQL of the time in milliseconds since 1970, before it negative. @param lower SQL of 64 bits that order what is of one time. */
export function placeInOrder(ms: string, lower = 'log_offset'): string {
  return `bitOr(bitShiftLeft(toInt128(${ms}), 64), toInt128(${lower}))`;
}

/** The milliseconds of a place. */
export function timeOfPlace(place: string): string {
  return `toInt64(bitShiftRight(${place}, 64))`;
}
