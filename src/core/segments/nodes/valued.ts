import type { Node } from '../definition.js';
import type { CompiledTest } from '../tests/compiled-test.js';
import type { CompiledNode, CompiledValue } from './compiled-node.js';

/** A node that tests a figure of a person's events. @param asksForAny whether the test is about having any of the events at all. */
export function testedValue(
  node: Node,
  value: CompiledValue,
  test: CompiledTest,
  asksForAny = false,
): CompiledNode {
  return {
    holds: (person, now) => test.holds(value.value(person, now), now),
    changesAt(person, now) {
      const changes = value.changesAt(person, now);
      return test.flipsSql === undefined
        ? changes
        : Math.min(changes, test.flipsAt(value.value(person, now), now));
    },
    sql(sql) {
      const { rows, value: figure } = value.group(sql);
      const isFulfilled = test.sql(figure, sql);
      const people = (condition: string) =>
        `SELECT person FROM ${rows}${asksForAny ? '' : ` GROUP BY person HAVING ${condition}`}`;
      // Whoever has none of the events is in no row: then those who fail the test are looked for.
      return test.holds(value.empty, sql.at.now)
        ? `(p.profile_id NOT IN (${people(`NOT ${isFulfilled}`)}))`
        : `(p.profile_id IN (${people(isFulfilled)}))`;
    },
    members(sql) {
      if (test.holds(value.empty, sql.at.now)) return undefined;
      const { rows, value: figure } = value.group(sql);
      if (asksForAny) return `SELECT DISTINCT person FROM ${rows}`;
      return `SELECT person FROM ${rows} GROUP BY person HAVING ${test.sql(figure, sql)}`;
    },
    dues(sql) {
      if (test.flipsSql === undefined) return value.dues(sql);
      const { rows, value: figure } = value.group(sql);
      const flips = `SELECT person, ${test.flipsSql(figure, sql)} AS due FROM ${rows} GROUP BY person HAVING isNotNull(due)`;
      return [...value.dues(sql), flips];
    },
    explain(person, now) {
      const found = value.value(person, now);
      return { node, holds: test.holds(found, now), ...(found === undefined ? {} : { value: found }) };
    },
  };
}
