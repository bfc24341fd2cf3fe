import { Fields, refuse } from '../../segments/read.js';
import { boundedText } from '../bounded-text.js';
import { NOTHING, type Part } from '../part.js';
import type { Reading, Unread } from '../reading.js';

const PATTERN_CHARS_MAX = 10;

/** Reads `@replace`: a text with a short text in it replaced, and then maybe a second one. */
export function readReplace({ value, at }: Unread, reading: Reading): Part {
  const fields = new Fields(value, at);
  const flag = (name: string, otherwise: boolean) => (fields.has(name) ? fields.flag(name) : otherwise);
  const flags = `${flag('global', true) ? 'g' : ''}${flag('ignorecase', false) ? 'i' : ''}`;
  const first = replacement(fields, 'pattern', 'replacement', flags);
  const second = fields.has('pattern2') ? replacement(fields, 'pattern2', 'replacement2', flags) : undefined;
  const text = fields.raw('value');
  if (second === undefined) fields.raw('replacement2');
  fields.end();
  if (text.value === '') return NOTHING;
  const part = reading.textOrDirective(text);
  return {
    evaluate(given, tools) {
      const made = part.evaluate(given, tools);
      const isText = typeof made === 'string' || typeof made === 'number' || typeof made === 'boolean';
      if (!isText) return '';
      const once = boundedText(first(String(made)), at);
      return second === undefined ? once : boundedText(second(once), at);
    },
    late: false,
  };
}

function replacement(fields: Fields, pattern: string, by: string, flags: string): (text: string) => string {
  const given = fields.text(pattern);
  const instead = fields.has(by) ? fields.anyText(by) : '';
  for (const [name, text] of [[pattern, given] as const, [by, instead] as const]) {
    if (text.length > PATTERN_CHARS_MAX)
      refuse(`${fields.at}.${name}`, `must have at most ${PATTERN_CHARS_MAX} characters.`);
  }
  if (/\$[`']/.test(instead)) {
    refuse(`${fields.at}.${by}`, "must not hold $` or $', which bring in the rest of the text each time.");
  }
  const expression = new RegExp(given.replace(/[-[\]{}()*+?.,\\^$|#\s]/g, '\\$&'), flags);
  return (text) => text.replace(expression, instead);
}
