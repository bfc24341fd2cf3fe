/** Consent to a purpose. */
import type { Node } from '../definition.js';
import type { Fields } from '../read.js';
import { type CompiledNode, never, type Scope } from './compiled-node.js';

type Consent = Extract<Node, { kind: 'consent' }>;

/** Reads `consent`. */
export function readConsent(fields: Fields): Consent {
  const purpose = fields.text('purpose');
  return { kind: 'consent', purpose, ...(fields.has('given') ? { given: fields.flag('given') } : {}) };
}

/** Compiles it. Who was never asked has neither given nor refused it. */
export function compileConsent(node: Consent, scope: Scope): CompiledNode {
  scope.reads('consent');
  const { purpose, given = true } = node;
  const holds: CompiledNode['holds'] = (person) => person.consent(purpose) === given;
  return {
    holds,
    changesAt: never,
    sql: (sql) => `has(p.${given ? 'consents' : 'refusals'}, ${sql.text(purpose)})`,
    dues: () => [],
    explain(person, now) {
      const value = person.consent(purpose);
      return { node, holds: holds(person, now), ...(value === undefined ? {} : { value }) };
    },
  };
}
