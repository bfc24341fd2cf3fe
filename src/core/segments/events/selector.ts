/** Which events a leaf is about. */
import type { Selector } from '../definition.js';
import { Fields, refuse } from '../read.js';
import type { SqlContext } from '../sql/sql-context.js';
import { pathsOf } from '../sql/sql-value.js';
import { compileCondition, type EventCondition, readCondition } from './condition.js';
import { compileDuring, readDuring } from './during.js';
import type { SegmentEvent } from './segment-event.js';

const TYPES = ['identify', 'page', 'screen', 'group', 'alias'] as const;

/** A compiled selector. */
export interface EventSelector {
  /** Where events that it may select are filed: see `routesOf`. */
  readonly route: string;
  selects(event: SegmentEvent): boolean;
  /** A condition on rows of `events`. */
  sql(sql: SqlContext): string;
  /** Which JSON columns it reads. */
  readonly reads: ReadonlySet<string>;
}

/** Every event is filed under three routes: its type and name, its type, and that of all events. */
export function routesOf({ type, name }: SegmentEvent['event']): readonly [string, string, string] {
  return [`${type}\n${name}`, type, ''];
}

/** Where events are filed that any of some selectors may select: each event under one of these at most, so that none is met twice. */
export function routesOfAny(selectors: ReadonlyArray<Pick<EventSelector, 'route'>>): string[] {
  const routes = new Set(selectors.map(({ route }) => route));
  if (routes.has('')) return [''];
  return [...routes].filter((route) => {
    const [type = ''] = route.split('\n', 1);
    return route === type || !routes.has(type);
  });
}

/** Reads a selector's fields; others are left to the caller. */
export function readSelector(fields: Fields): Selector {
  if (fields.has('event') && fields.has('type'))
    refuse(`${fields.at}.type`, 'stands for calls other than track: give either event or type.');
  if (fields.has('name') && !fields.has('type'))
    refuse(
      `${fields.at}.name`,
      'is that of a page or screen: give type as well, or use event for a track call.',
    );
  const where = fields.raw('where');
  const during = fields.raw('during');
  const selector: Selector = {
    ...(fields.has('event') ? { event: fields.text('event') } : {}),
    ...(fields.has('type') ? { type: fields.oneOf('type', TYPES) } : {}),
    ...(fields.has('name') ? { name: fields.text('name') } : {}),
    ...(where.value === undefined ? {} : { where: readCondition(where.value, where.at) }),
    ...(during.value === undefined ? {} : { during: readDuring(during.value, during.at) }),
  };
  if (selector.name !== undefined && selector.type !== 'page' && selector.type !== 'screen')
    refuse(`${fields.at}.name`, 'is that of a page or screen.');
  return selector;
}

/** Reads an object that is a selector and nothing else. */
export function readSelectorObject(value: unknown, at: string): Selector {
  const fields = new Fields(value, at);
  const selector = readSelector(fields);
  fields.end();
  return selector;
}

/** The fields of a selector alone, in one order: what two selectors that are the same have in common. */
export function selectorOf({ event, type, name, where, during }: Selector): Selector {
  return {
    ...(event === undefined ? {} : { event }),
    ...(type === undefined ? {} : { type }),
    ...(name === undefined ? {} : { name }),
    ...(where === undefined ? {} : { where }),
    ...(during === undefined ? {} : { during }),
  };
}

/** Compiles a selector. */
export function compileSelector(selector: Selector): EventSelector {
  const { event, type = event === undefined ? undefined : 'track', name = event, where, during } = selector;
  const conditions: EventCondition[] = [];
  if (where !== undefined) conditions.push(compileCondition(where));
  if (during !== undefined) conditions.push(compileDuring(during));
  const isOf = (one: SegmentEvent['event']) =>
    (type === undefined || one.type === type) && (name === undefined || one.name === name);
  return {
    route: type === undefined ? '' : name === undefined ? type : `${type}\n${name}`,
    selects(one) {
      if (!isOf(one.event)) return false;
      for (const condition of conditions) if (!condition.holds(one)) return false;
      return true;
    },
    sql(sql) {
      const parts = [
        ...(type === undefined ? [] : [`type = ${sql.text(type)}`]),
        ...(name === undefined ? [] : [`name = ${sql.text(name)}`]),
        ...conditions.map((condition) => condition.sql(sql, pathsOf('events'))),
      ];
      return parts.length === 0 ? 'true' : parts.join(' AND ');
    },
    reads: columnsOf(selector),
  };
}

/** The JSON columns that conditions read. */
function columnsOf({ where, during }: Selector): Set<string> {
  const text = JSON.stringify(where ?? '');
  const read = ['properties', 'traits'].filter((column) => text.includes(`"${column}.`));
  if (during !== undefined || text.includes('"context.')) read.push('context');
  return new Set(read);
}
