/** Which events a connection takes: selectors of the segment language, and any track call, which segments have no use for. */
import type { Selector } from '../segments/definition.js';
import { compileSelector, type EventSelector, readSelector } from '../segments/events/selector.js';
import { Fields, refuse } from '../segments/read.js';
import { Cursor } from '../segments/text/cursor.js';
import { group, joined, layOut, line } from '../segments/text/layout.js';
import {
  printSelector,
  readClauses,
  readSelector as readSelectorText,
} from '../segments/text/selector-text.js';

/** A selector; with `type: 'track'` and no `event`, any track call. */
export type EventChoice = Omit<Selector, 'type'> & { readonly type?: Selector['type'] | 'track' };

const CHOICES_MAX = 50;

/**
 * Reads a list of choices, each as JSON or as text; or all of them as one text.
 * @throws TributaryError that names the path, and the fix.
 */
export function readEventChoices(value: unknown, at: string): EventChoice[] {
  if (typeof value === 'string') return checked(parseEventChoices(value), at);
  if (!Array.isArray(value) || value.length === 0 || value.length > CHOICES_MAX)
    return refuse(at, `must be a text such as "Order Completed" or page, or a list of 1 to ${CHOICES_MAX}.`);
  return value.flatMap((one: unknown, index) => readOne(one, `${at}[${index}]`));
}

function readOne(value: unknown, at: string): EventChoice[] {
  if (typeof value === 'string') return checked(parseEventChoices(value), at);
  const fields = new Fields(value, at);
  if (fields.raw('type').value === 'track') {
    const { type: _, ...others } = value as Record<string, unknown>;
    if ('event' in others) return refuse(`${at}.type`, 'says nothing beside event: leave it out.');
    const rest = new Fields(others, at);
    const selector = readSelector(rest);
    rest.end();
    return [{ ...selector, type: 'track' }];
  }
  const selector = readSelector(fields);
  fields.end();
  return [selector];
}

/** Reads choices joined by `or`, such as `"Order Completed" where properties.total > 100 or page "Home"`. @throws TextError */
export function parseEventChoices(text: string): EventChoice[] {
  const cursor = new Cursor(text);
  const choices = [parseOne(cursor)];
  while (cursor.take('or')) choices.push(parseOne(cursor));
  cursor.end();
  return choices;
}

function parseOne(cursor: Cursor): EventChoice {
  if (!cursor.take('track')) return readSelectorText(cursor);
  if (cursor.peek().kind === 'text') return readSelectorText(cursor);
  return { ...readClauses(cursor, {}), type: 'track' };
}

/** What the text form lets through, the JSON form may refuse: a name that is too long. */
function checked(choices: readonly EventChoice[], at: string): EventChoice[] {
  if (choices.length > CHOICES_MAX)
    refuse(at, `has ${choices.length} choices; at most ${CHOICES_MAX} are taken.`);
  return choices.flatMap((choice, index) => readOne(choice, choices.length === 1 ? at : `${at}[${index}]`));
}

/** The text of choices. */
export function printEventChoices(choices: readonly EventChoice[]): string {
  return layOut(group(joined(choices.map(printOne), [line, 'or '])));
}

function printOne({ type, ...rest }: EventChoice) {
  const { head, clauses } =
    type === 'track'
      ? { ...printSelector(rest), head: 'track' }
      : printSelector({ ...rest, ...(type && { type }) });
  return joined([head, ...clauses], ' ');
}

/** Compiles one. */
export function compileEventChoice(choice: EventChoice): EventSelector {
  // Selectors know the type as any text: that it is one of a few, readers see to.
  return compileSelector(choice as Selector);
}
