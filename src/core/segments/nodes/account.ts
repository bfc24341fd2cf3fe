/** Traits of the accounts that a person belongs to. */
import type { Node } from '../definition.js';
import { pathKeys, valueAt } from '../path.js';
import type { Person } from '../person.js';
import type { Fields } from '../read.js';
import { traitValue } from '../sql/sql-value.js';
import { compileTest, readTest } from '../tests/test.js';
import type { CompiledNode, Scope } from './compiled-node.js';

type Account = Extract<Node, { kind: 'account' }>;

/** Reads `account`. */
export function readAccount(fields: Fields): Account {
  const match = fields.oneOf('match', ['any', 'all', 'none'] as const);
  const trait = fields.path('trait');
  const is = fields.raw('is');
  return { kind: 'account', match, trait, is: readTest(is.value, is.at) };
}

/** Compiles it. */
export function compileAccount(node: Account, scope: Scope): CompiledNode {
  scope.reads('accounts');
  const test = compileTest(node.is);
  const [name, ...rest] = pathKeys(node.trait) as [string, ...string[]];
  const valuesOf = (person: Person) => person.accounts().map((read) => valueAt(read(name), rest));
  const holds: CompiledNode['holds'] = (person, now) => {
    const values = valuesOf(person);
    if (node.match === 'all') return values.length > 0 && values.every((value) => test.holds(value, now));
    return values.some((value) => test.holds(value, now)) === (node.match === 'any');
  };
  return {
    holds,
    changesAt: (person, now) =>
      Math.min(Number.POSITIVE_INFINITY, ...valuesOf(person).map((value) => test.flipsAt(value, now))),
    sql(sql) {
      const isFulfilled = test.sql(traitValue(sql, 'a', [name, ...rest]), sql);
      const accounts = (condition: string) =>
        `(SELECT group_id FROM (SELECT * FROM accounts FINAL) AS a WHERE ${condition})`;
      // An account that no group call named has no traits, and no row.
      const one = sql.name('one');
      const fulfils = test.holds(undefined, sql.at.now)
        ? `${one} NOT IN ${accounts(`NOT ${isFulfilled}`)}`
        : `${one} IN ${accounts(isFulfilled)}`;
      const some = (condition: string) => `arrayExists(${one} -> ${condition}, p.accounts)`;
      if (node.match === 'all') return `(notEmpty(p.accounts) AND NOT ${some(`NOT (${fulfils})`)})`;
      return node.match === 'any' ? some(fulfils) : `(NOT ${some(fulfils)})`;
    },
    dues(sql) {
      if (test.flipsSql === undefined) return [];
      const flips = test.flipsSql(traitValue(sql, 'a', [name, ...rest]), sql);
      return [
        `SELECT member.person AS person, account.due AS due
         FROM (SELECT p.profile_id AS person, arrayJoin(p.accounts) AS group_id FROM ${sql.people()}) AS member
         INNER JOIN (SELECT group_id, ${flips} AS due FROM (SELECT * FROM accounts FINAL) AS a WHERE isNotNull(due)) AS account
           ON member.group_id = account.group_id`,
      ];
    },
    explain: (person, now) => ({ node, holds: holds(person, now) }),
  };
}
