/** Whether what a file exports is a destination; if not, what to mend. */
import { CHANNELS } from '../../core/delivery/channel.js';
import type { FieldType } from '../../core/mapping/field.js';
import type { DestinationKind } from '../destinations/destination.js';
import type { OwnDestination } from './own-destination.js';

const DESTINATION_KEYS = [
  ...['title', 'description', 'docsUrl', 'categories', 'channel', 'settings', 'actions', 'presets'],
  ...['test', 'audience'],
];
const ACTION_KEYS = [
  ...['title', 'description', 'fields', 'options', 'batch', 'ordered', 'needsGiven', 'addressFields', 'send'],
];
const FIELD_TYPES: readonly FieldType[] = [
  ...(['string', 'text', 'number', 'integer', 'datetime', 'boolean', 'password', 'object'] as const),
];

/** What is wrong with a file, for its author. */
export class NoDestination extends Error {
  override readonly name = 'NoDestination';
}

/**
 * Takes the default export of a file as a destination.
 * @param name of the file, without its ending.
 * @throws NoDestination, naming each place and what belongs there.
 */
export function checkDestination(exported: unknown, name: string): DestinationKind {
  const faults: string[] = [];
  const given = objectAt(exported, 'the default export', faults);
  if (given !== undefined) checkAll(given, faults);
  if (faults.length > 0) throw new NoDestination(faults.join('\n'));
  // Invariant: all of it was checked above.
  const { actions, ...own } = exported as OwnDestination;
  const whole = Object.entries(actions).map(([key, action]) => [key, { ordered: false, ...action }]);
  return {
    categories: [],
    channel: 'other',
    presets: [],
    ...own,
    kind: `own/${name}`,
    actions: Object.fromEntries(whole),
  };
}

type Given = Readonly<Record<string, unknown>>;

function checkAll(given: Given, faults: string[]): void {
  checkKeys(given, DESTINATION_KEYS, '', faults);
  checkText(given.title, 'title', faults);
  checkText(given.description, 'description', faults);
  if (given.channel !== undefined && !CHANNELS.some((channel) => channel === given.channel))
    faults.push(`channel must be one of ${CHANNELS.join(', ')}.`);
  checkFields(given.settings, 'settings', faults);
  if (given.test !== undefined) checkFunction(given.test, 'test', faults);
  const actions = objectAt(given.actions, 'actions', faults);
  if (actions === undefined) return;
  if (Object.keys(actions).length === 0) faults.push('actions must hold at least one action.');
  for (const [name, action] of Object.entries(actions)) checkAction(action, `actions.${name}`, faults);
  checkPresets(given.presets, actions, faults);
}

function checkAction(given: unknown, at: string, faults: string[]): void {
  const action = objectAt(given, at, faults);
  if (action === undefined) return;
  checkKeys(action, ACTION_KEYS, `${at}.`, faults);
  checkText(action.title, `${at}.title`, faults);
  checkText(action.description, `${at}.description`, faults);
  checkFields(action.fields, `${at}.fields`, faults);
  if (action.options !== undefined) checkFields(action.options, `${at}.options`, faults);
  checkFunction(action.send, `${at}.send`, faults);
  if (action.batch !== undefined) {
    const itemsMax = (action.batch as { itemsMax?: unknown } | null)?.itemsMax;
    if (!Number.isSafeInteger(itemsMax) || Number(itemsMax) < 1)
      faults.push(`${at}.batch.itemsMax must be a whole number of at least 1.`);
  }
  const { addressFields = [], fields } = action;
  for (const name of Array.isArray(addressFields) ? addressFields : ['']) {
    if (typeof fields !== 'object' || fields === null || !Object.hasOwn(fields, String(name)))
      faults.push(`${at}.addressFields must be an array of names of its fields.`);
  }
}

function checkFields(given: unknown, at: string, faults: string[]): void {
  for (const [name, value] of Object.entries(objectAt(given, at, faults) ?? {})) {
    const field = objectAt(value, `${at}.${name}`, faults);
    if (field === undefined) continue;
    checkText(field.label, `${at}.${name}.label`, faults);
    checkText(field.description, `${at}.${name}.description`, faults);
    if (!FIELD_TYPES.some((type) => type === field.type))
      faults.push(`${at}.${name}.type must be one of ${FIELD_TYPES.join(', ')}.`);
  }
}

function checkPresets(given: unknown, actions: Given, faults: string[]): void {
  if (given === undefined) return;
  if (!Array.isArray(given)) faults.push('presets must be an array.');
  else
    for (const [index, preset] of given.entries()) {
      const action = (preset as { action?: unknown } | null)?.action;
      if (typeof action !== 'string' || !Object.hasOwn(actions, action))
        faults.push(`presets[${index}].action must name one of the actions.`);
    }
}

function checkKeys(given: Given, known: readonly string[], at: string, faults: string[]): void {
  for (const key of Object.keys(given))
    if (!known.includes(key)) faults.push(`${at}${key} means nothing here; known are ${known.join(', ')}.`);
}

function checkText(given: unknown, at: string, faults: string[]): void {
  if (typeof given !== 'string' || given.trim() === '') faults.push(`${at} must be a text.`);
}

function checkFunction(given: unknown, at: string, faults: string[]): void {
  if (typeof given !== 'function') faults.push(`${at} must be a function.`);
}

function objectAt(given: unknown, at: string, faults: string[]): Given | undefined {
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return given as Given;
  faults.push(`${at} must be an object.`);
  return undefined;
}
