/**
 * Lays text out over lines: a group stands on one line when it fits, else each of its own breaks begins a line. After Philip
 * Wadler, "A prettier printer".
 */
export type Doc = string | readonly Doc[] | Break | Group | Indented;

interface Break {
  /** What stands there when the line is not broken. */
  readonly unbroken: ' ' | '';
}
interface Group {
  readonly group: Doc;
}
interface Indented {
  readonly indented: Doc;
}

const LINE_CHARS_MAX = 100;
const INDENT = '  ';

/** A space, or a new line. */
export const line: Doc = { unbroken: ' ' };
/** Nothing, or a new line. */
export const softLine: Doc = { unbroken: '' };

/** What stands on one line if it can. */
export function group(...docs: readonly Doc[]): Doc {
  return { group: docs };
}

/** Lines that begin further in. */
export function indented(...docs: readonly Doc[]): Doc {
  return { indented: docs };
}

/** In parentheses, which stand on lines of their own when what is in them takes several. */
export function inParentheses(doc: Doc): Doc {
  return group('(', indented(softLine, doc), softLine, ')');
}

/** Docs with something between them. */
export function joined(docs: readonly Doc[], between: Doc): Doc {
  return docs.flatMap((doc, index) => (index === 0 ? [doc] : [between, doc]));
}

/** A head and its clauses, each on a line of its own when they do not fit on one. */
export function withClauses(head: Doc, clauses: readonly Doc[]): Doc {
  return clauses.length === 0 ? head : group(head, indented(clauses.map((clause) => [line, clause])));
}

interface Piece {
  readonly doc: Doc;
  readonly depth: number;
  readonly broken: boolean;
}

/** The text of a document; it ends without a new line. */
export function layOut(doc: Doc): string {
  let text = '';
  let column = 0;
  const rest: Piece[] = [{ doc, depth: 0, broken: true }];
  for (let piece = rest.pop(); piece !== undefined; piece = rest.pop()) {
    const { doc, depth, broken } = piece;
    if (typeof doc === 'string') {
      text += doc;
      column += doc.length;
    } else if ('unbroken' in doc && broken) {
      text += `\n${INDENT.repeat(depth)}`;
      column = depth * INDENT.length;
    } else if ('group' in doc && broken) {
      const flat = { doc: doc.group, depth, broken: false };
      rest.push({ ...flat, broken: !fits(flat, rest, LINE_CHARS_MAX - column) });
    } else for (const part of opened(piece)) rest.push(part);
  }
  return text;
}

/** Whether a piece, and what follows it up to the next new line, takes no more room than there is. */
function fits(piece: Piece, rest: readonly Piece[], room: number): boolean {
  const waiting = [piece];
  let following = rest.length;
  let left = room;
  while (left >= 0) {
    if (waiting.length === 0) following -= 1;
    const next = waiting.pop() ?? rest[following];
    if (next === undefined) return true;
    if (typeof next.doc === 'string') left -= next.doc.length;
    else if ('unbroken' in next.doc && next.broken) return true;
    else for (const part of opened(next)) waiting.push(part);
  }
  return false;
}

/** What a document that is not broken is made of, the first one last. */
function opened({ doc, depth, broken }: Piece): Piece[] {
  if (typeof doc === 'string') return [{ doc, depth, broken }];
  if (isList(doc)) return doc.map((one) => ({ doc: one, depth, broken })).reverse();
  if ('unbroken' in doc) return [{ doc: doc.unbroken, depth, broken }];
  if ('group' in doc) return [{ doc: doc.group, depth, broken }];
  return [{ doc: doc.indented, depth: depth + 1, broken }];
}

function isList(doc: Doc): doc is readonly Doc[] {
  return Array.isArray(doc);
}
