import type { Made } from './part.js';

/** A value as it stands in a text, by the rules of JavaScript, but nothing where there is none. */
export function textOf(value: Made): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'boolean':
      return String(value);
    case 'undefined':
      return '';
    default:
      if (value === null) return '';
      return Array.isArray(value) ? value.map(textOf).join(',') : '[object Object]';
  }
}
