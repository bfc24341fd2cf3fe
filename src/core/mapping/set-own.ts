import type { Made, MadeObject } from './part.js';

/** Sets a key of the customer's, `__proto__` included, which an assignment would take for the prototype. */
export function setOwn(object: MadeObject, key: string, value: Made): void {
  if (key === '__proto__') {
    Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
  } else object[key] = value;
}
