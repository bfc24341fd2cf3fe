/** Lists that were uploaded. */
import type { Node } from '../definition.js';
import { createListLeaf, LIST_EVENTS } from '../leaves/list-leaf.js';
import type { Fields } from '../read.js';
import { placeInOrder } from '../sql/place-in-order.js';
import { jsonValue } from '../sql/sql-value.js';
import { type CompiledNode, leafKey, never, type Scope } from './compiled-node.js';

type List = Extract<Node, { kind: 'list' }>;

/** Reads `list`. */
export function readList(fields: Fields): List {
  return { kind: 'list', list: fields.text('list') };
}

/** Compiles it. */
export function compileList(node: List, scope: Scope): CompiledNode {
  const key = leafKey('list', { list: node.list });
  const leaf = scope.leaf(key, () => createListLeaf(key, node.list));
  const holds: CompiledNode['holds'] = (person) => leaf.isOn(person.state(leaf));
  return {
    holds,
    changesAt: never,
    sql(sql) {
      const { joined, left } = LIST_EVENTS;
      const names = sql.bind([joined, left], 'Array(String)');
      const id = `ifNull(${jsonValue('properties', ['list_id']).text} = ${sql.text(node.list)}, false)`;
      const rows = sql.rows({
        columns: { at: 'timestamp', log_offset: 'events.offset', name: 'name' },
        where: `type = 'track' AND has(${names}, name) AND ${id}`,
      });
      return `(p.profile_id IN (SELECT person FROM ${rows} GROUP BY person HAVING argMax(name, ${placeInOrder('toUnixTimestamp64Milli(at)')}) = ${sql.text(joined)}))`;
    },
    dues: () => [],
    explain: (person, now) => ({ node, holds: holds(person, now) }),
  };
}
