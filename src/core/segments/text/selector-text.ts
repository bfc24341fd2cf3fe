import type { During, Selector } from '../definition.js';
import { printCondition, readCondition } from './condition-text.js';
import type { Cursor } from './cursor.js';
import { type Doc, inParentheses, joined, line } from './layout.js';
import { printScalar, printText, readListed, readNumber, readZone } from './literal.js';

const TYPES = {
  identify: 'identify',
  page: 'page',
  screen: 'screen',
  group: 'group',
  alias: 'alias',
} as const;
const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
/** The zone of the clock on the wall, when none is given. */
const PERSON = 'person';

/** Which events, as a head such as `"Order Completed"` and its clauses. */
export function printSelector({ event, type, name, where, during }: Selector): {
  readonly head: Doc;
  readonly clauses: readonly Doc[];
} {
  const call = name === undefined ? type : `${type} ${printText(name)}`;
  return {
    head: event === undefined ? (call ?? 'anything') : printText(event),
    clauses: [
      ...(where === undefined ? [] : [['where ', printCondition(where)]]),
      ...(during === undefined ? [] : [printDuring(during)]),
    ],
  };
}

function printDuring({ days, hours, zone = PERSON }: During): Doc {
  const parts = [
    ...(days === undefined ? [] : [['on ', printDays(days)]]),
    ...(hours === undefined ? [] : [`from ${printScalar(hours.from)} to ${printScalar(hours.to)} o'clock`]),
    ...(zone === PERSON ? [] : [`in zone ${printText(zone)}`]),
  ];
  return joined(parts, ' ');
}

function printDays(days: readonly number[]): Doc {
  const runs = runsOf(days).map(([first, last]) => {
    // Invariant: days are numbers from 1 to 7.
    const [from, to] = [DAYS[first - 1] as string, DAYS[last - 1] as string];
    return first === last ? from : `${from} to ${to}`;
  });
  return runs.length === 1 ? (runs[0] as string) : inParentheses(joined(runs, [',', line]));
}

/** Days in the order of the week, each once, as first and last of three or more that follow each other, or as single ones. */
export function runsOf(days: readonly number[]): Array<readonly [first: number, last: number]> {
  const runs: Array<[number, number]> = [];
  for (const day of [...new Set(days)].sort()) {
    const run = runs.at(-1);
    if (run !== undefined && run[1] === day - 1) run[1] = day;
    else runs.push([day, day]);
  }
  return runs.flatMap(([first, last]) =>
    last === first + 1 ? [[first, first] as const, [last, last] as const] : [[first, last] as const],
  );
}

/** Reads which events: a name or a type of call, and clauses in any order. */
export function readSelector(cursor: Cursor): Selector {
  return readClauses(cursor, readHead(cursor));
}

/** Reads the clauses after a head. */
export function readClauses(cursor: Cursor, head: Selector): Selector {
  let selector = head;
  for (;;) {
    if (cursor.at('where')) {
      once(cursor, selector.where);
      cursor.expect('where');
      selector = { ...selector, where: cursor.nested(() => readCondition(cursor)) };
    } else if (cursor.at('on') || cursor.at('from')) {
      once(cursor, selector.during);
      selector = { ...selector, during: readDuring(cursor) };
    } else return selector;
  }
}

function readHead(cursor: Cursor): Selector {
  if (cursor.peek().kind === 'text') return { event: cursor.expectKind('text', 'an event') };
  if (cursor.take('anything')) return {};
  const type = cursor.takeOneOf(TYPES);
  if (type === undefined) return refuseHead(cursor);
  return cursor.peek().kind === 'text' ? { type, name: cursor.expectKind('text', 'a name') } : { type };
}

function refuseHead(cursor: Cursor): never {
  const { kind, raw } = cursor.peek();
  const what = `the name of an event in quotes, such as "Order Completed", or ${Object.values(TYPES).join(', ')} or anything`;
  if (cursor.at('not')) cursor.fail(what, 'Write `not did …`.');
  cursor.fail(what, kind === 'word' ? `Names of events stand in double quotes: write "${raw}".` : undefined);
}

/** A clause must not stand twice: of two conditions it would be unclear what joins them. */
function once(cursor: Cursor, before: unknown): void {
  if (before !== undefined)
    cursor.fail('each clause once', 'Join conditions in parentheses: where (… and …).');
}

function readDuring(cursor: Cursor): During {
  const days = cursor.take('on') ? readDays(cursor) : undefined;
  const hours = cursor.take('from') ? readHours(cursor) : undefined;
  const zone = cursor.take('in zone') ? readZone(cursor) : PERSON;
  return {
    ...(days && { days }),
    ...(hours && { hours }),
    ...(zone === PERSON ? {} : { zone }),
  };
}

function readHours(cursor: Cursor): { from: number; to: number } {
  const from = readNumber(cursor, 'an hour of the day, such as 9');
  cursor.expect('to');
  const to = readNumber(cursor, 'an hour of the day, such as 17');
  cursor.expect("o'clock");
  return { from, to };
}

function readDays(cursor: Cursor): number[] {
  const runs = cursor.at('(') ? readListed(cursor, () => readRun(cursor)) : [readRun(cursor)];
  return [...new Set(runs.flat())].sort();
}

/** Reads a day, or days that follow each other, also over Sunday. */
function readRun(cursor: Cursor): number[] {
  const first = readDay(cursor);
  const last = cursor.take('to') ? readDay(cursor) : first;
  const length = ((last - first + 7) % 7) + 1;
  return Array.from({ length }, (_, index) => ((first - 1 + index) % 7) + 1);
}

function readDay(cursor: Cursor): number {
  const index = DAYS.findIndex((day) => cursor.take(day));
  return index < 0 ? cursor.fail() : index + 1;
}
