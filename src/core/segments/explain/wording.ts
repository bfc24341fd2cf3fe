/** How values, names and lists read in a sentence. */

const LISTED_MAX = 10;

/** A value: texts in quotation marks, on one line. */
export function worded(value: string | number | boolean): string {
  return typeof value === 'string' ? `“${value.replace(/\s+/g, ' ')}”` : String(value);
}

/** Values with commas and a last word between them; of many, the first. */
export function wordedList(values: ReadonlyArray<string | number | boolean>, last: 'and' | 'or'): string {
  const shown = values.slice(0, LISTED_MAX).map(worded);
  const hidden = values.length - shown.length;
  return enumerated(hidden > 0 ? [...shown, `${hidden} more`] : shown, last);
}

/** Parts with commas and a last word between them. */
export function enumerated(parts: readonly string[], last: 'and' | 'or'): string {
  if (parts.length < 2) return parts.join('');
  return `${parts.slice(0, -1).join(', ')} ${last} ${parts.at(-1)}`;
}

/** A path as people say it: without what every path in an event begins with, without escapes, and on one line. */
export function wordedPath(path: string): string {
  return path
    .replace(/^properties\.(?=.)/, '')
    .replace(/\\(.)/g, '$1')
    .replace(/\s+/g, ' ');
}

/** A number of things. */
export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}
