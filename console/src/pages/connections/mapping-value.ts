import type { Field } from '../destinations/field';

/** The ways in which a form lets people fill a field. */
export const WAYS = ['default', 'path', 'template', 'fixed', 'fields', 'formula', 'nothing'] as const;
export type Way = (typeof WAYS)[number];

/** What the ways are called. */
export const WAY_LABELS: Readonly<Record<Way, string>> = {
  default: 'Default',
  path: 'From the event',
  template: 'Text with values',
  fixed: 'Fixed value',
  fields: 'Field by field',
  formula: 'Formula',
  nothing: 'Left out',
};

/** In which way a value of a mapping is written. */
export function wayOf(value: unknown): Way {
  if (value === undefined) return 'default';
  if (value === null) return 'nothing';
  if (typeof value !== 'object') return 'fixed';
  if (typeof directive(value, '@path') === 'string') return 'path';
  if (typeof directive(value, '@template') === 'string') return 'template';
  const isDirective = Array.isArray(value) || Object.keys(value).some((key) => key.startsWith('@'));
  return isDirective ? 'formula' : 'fields';
}

/** The ways that a field can be filled in: objects are no fixed value, and others have no fields. */
export function waysOf({ type, multiple }: Field): readonly Way[] {
  const isObject = type === 'object' && multiple !== true;
  return WAYS.filter((way) => (way === 'fields' ? isObject : way === 'fixed' ? type !== 'object' : true));
}

/** The text of a path, a template or a fixed value. */
export function textOf(value: unknown): string {
  const inner = directive(value, '@path') ?? directive(value, '@template') ?? value;
  return inner === undefined || inner === null || typeof inner === 'object' ? '' : String(inner);
}

/** A value written in another way: what was there is kept where it can be. */
export function inWay(way: Way, value: unknown): unknown {
  const text = textOf(value);
  const isPath = text.startsWith('$');
  switch (way) {
    case 'default':
      return undefined;
    case 'nothing':
      return null;
    case 'path':
      return { '@path': isPath ? text : '$.' };
    case 'template':
      return { '@template': isPath ? `{{${text.replace(/^\$\.?/, '')}}}` : text };
    case 'fixed':
      return isPath ? '' : text;
    case 'fields':
      return {};
    case 'formula':
      return typeof value === 'object' && value !== null ? value : { '@path': '$.' };
  }
}

/** A text as a field's type wants it; what does not fit stays a text, and the server says so. */
export function typed(text: string, type: string): unknown {
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  const isNumber = (type === 'number' || type === 'integer') && text.trim() !== '';
  return isNumber && Number.isFinite(Number(text)) ? Number(text) : text;
}

function directive(value: unknown, name: '@path' | '@template'): unknown {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 1) return undefined;
  return (value as Record<string, unknown>)[name];
}
