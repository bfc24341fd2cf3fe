import { boundedText } from '../bounded-text.js';
import { mappedPathKeys, type ReadMade, readKeys } from '../mapped-path.js';
import { constantPart, type Made, MappingFault, type Part } from '../part.js';
import type { Reading, Unread } from '../reading.js';
import { textOf } from '../text-of.js';

/** A piece of a template: a text, or the keys of a path. */
type Piece = string | readonly string[];

/** Reads `@template`: a text with `{{paths}}` in it. A directive may make the template. */
export function readTemplate(options: Unread, reading: Reading): Part {
  const template = reading.textOrDirective(options);
  const { at } = options;
  if (typeof template.constant === 'string') {
    const pieces = piecesOf(template.constant);
    for (const piece of pieces) if (typeof piece !== 'string') reading.reads(piece);
    if (pieces.every((piece) => typeof piece === 'string')) return constantPart(pieces.join(''));
    const render = compilePieces(pieces, at);
    return { evaluate: render, late: false };
  }
  reading.reads([]);
  return {
    evaluate(given, tools) {
      const told = template.evaluate(given, tools);
      if (typeof told !== 'string') throw new MappingFault(`${at}: must be given a text for this event.`);
      return compilePieces(piecesOf(told), at)(given);
    },
    late: false,
  };
}

/** Three braces are looked for first, as in the library; but what they bring in is never taken for a template in its turn. */
function piecesOf(template: string): Piece[] {
  return cut(template, /\{\{\{([^}]+)\}\}\}/).flatMap((piece) =>
    typeof piece === 'string' ? cut(piece, /\{\{([^}]+)\}\}/) : [piece],
  );
}

function cut(text: string, placeholder: RegExp): Piece[] {
  // Every second part of the split is what the group caught.
  const parts = text
    .split(placeholder)
    .map((part, index) => (index % 2 === 0 ? part : mappedPathKeys(part.trim())));
  return parts.filter((part) => part !== '');
}

function compilePieces(pieces: readonly Piece[], at: string): (given: Made) => string {
  const readers: Array<string | ReadMade> = pieces.map((piece) =>
    typeof piece === 'string' ? piece : readKeys(piece),
  );
  return (given) => {
    let text = '';
    for (const reader of readers) {
      text += typeof reader === 'string' ? reader : textOf(reader(given));
      boundedText(text, at);
    }
    return text;
  };
}
