import { numberValue } from '../sql/sql-value.js';
import type { Fold } from './fold.js';

/** How many events there are. */
export const count: Fold<number> = {
  needs: 'nothing',
  add: (n = 0) => n + 1,
  join: (one, other) => one + other,
  value: (n = 0) => n,
  sql: numberValue('toFloat64(count())'),
};
