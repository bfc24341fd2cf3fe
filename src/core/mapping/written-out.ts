import { isObject } from '../json.js';
import { refuse } from '../segments/read.js';

const ROOT_DIRECTIVE = '__segment_internal_directive';

/**
 * A mapping whose fields stand beside a directive that is around all of them, as some of the library's do: the fields become
 * the directive's own `mapping`.
 */
export function writtenOut(value: unknown, at: string): unknown {
  if (!isObject(value) || !Object.hasOwn(value, ROOT_DIRECTIVE)) return value;
  const { [ROOT_DIRECTIVE]: around, ...mapping } = value;
  const [name, ...others] = isObject(around) ? Object.keys(around) : [];
  const options = isObject(around) && name !== undefined ? around[name] : undefined;
  if (name === undefined || others.length > 0 || !isObject(options)) {
    refuse(`${at}.${ROOT_DIRECTIVE}`, 'must be an object with one directive, whose options are an object.');
  }
  return { [name]: { ...options, mapping } };
}
