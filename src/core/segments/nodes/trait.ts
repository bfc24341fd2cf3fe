/** A trait of the profile, or a computed one. */
import type { Node } from '../definition.js';
import { pathKeys, valueAt } from '../path.js';
import type { Fields } from '../read.js';
import { traitValue } from '../sql/sql-value.js';
import { compileTest, readTest } from '../tests/test.js';
import { type CompiledNode, never, type Scope } from './compiled-node.js';
import { compileComputed } from './computed.js';
import { testedValue } from './valued.js';

type Trait = Extract<Node, { kind: 'trait' }>;

/** Reads `trait`. */
export function readTrait(fields: Fields): Trait {
  const trait = fields.path('trait');
  const is = fields.raw('is');
  return { kind: 'trait', trait, is: readTest(is.value, is.at) };
}

/** Compiles it. */
export function compileTrait(node: Trait, scope: Scope): CompiledNode {
  const [name, ...rest] = pathKeys(node.trait) as [string, ...string[]];
  const test = compileTest(node.is);
  const computed = rest.length === 0 ? scope.computed(name) : undefined;
  if (computed !== undefined) return testedValue(node, compileComputed(computed, scope), test);
  scope.reads('traits');
  const keys = [name, ...rest];
  return {
    holds: (person, now) => test.holds(valueAt(person.trait(name), rest), now),
    changesAt:
      test.flipsSql === undefined
        ? never
        : (person, now) => test.flipsAt(valueAt(person.trait(name), rest), now),
    sql: (sql) => test.sql(traitValue(sql, 'p', keys), sql),
    dues: (sql) =>
      test.flipsSql === undefined
        ? []
        : [
            `SELECT p.profile_id AS person, ${test.flipsSql(traitValue(sql, 'p', keys), sql)} AS due FROM ${sql.people('isNotNull(due)')}`,
          ],
    explain(person, now) {
      const value = valueAt(person.trait(name), rest);
      return { node, holds: test.holds(value, now), ...(value === undefined ? {} : { value }) };
    },
  };
}
