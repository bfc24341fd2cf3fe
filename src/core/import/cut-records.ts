/** Cuts the lines of a text file into records: in CSV a quoted value may go on over several lines. */

/** A line of a file. */
export interface Line {
  /** Without its line end. */
  readonly text: string;
  /** The byte after it, line end included. */
  readonly end: number;
  /** Set when the line was too long to be read whole; `text` is its start. */
  readonly fault?: string | undefined;
}

/** A record, or the line that is none. */
export interface SourceRecord extends Line {
  /** The line that it starts on; the first of a file is 1. */
  readonly line: number;
  /** The line after it. */
  readonly nextLine: number;
}

/** Bounds of one record: a quote that nobody closes must cost its own line, not the rest of the file. */
const RECORD_LINES_MAX = 200;
const RECORD_CHARS_MAX = 1024 * 1024;
const NEVER_CLOSED = 'A quote is opened on this line and not closed as it should be.';

type State = 'closed' | 'open' | 'broken';

/** Cuts records, line by line. One per file. */
export class RecordCutter {
  readonly #delimiter: string | undefined;
  #line: number;
  /** Lines of a record whose quote is still open. */
  #pending: Line[] = [];
  #pendingChars = 0;

  /**
   * @param delimiter of CSV; without one every line is a record.
   * @param line the number of the first line that will be pushed.
   */
  constructor(delimiter: string | undefined, line: number) {
    this.#delimiter = delimiter;
    this.#line = line;
  }

  /** The records that end with these lines. Blank lines are none. */
  push(lines: readonly Line[]): SourceRecord[] {
    const records: SourceRecord[] = [];
    for (const line of lines) this.#take(line, records);
    return records;
  }

  /** The records that are left when there are no more lines. */
  end(): SourceRecord[] {
    const records: SourceRecord[] = [];
    while (this.#pending.length > 0) this.#giveUp(records);
    return records;
  }

  #take(line: Line, records: SourceRecord[]): void {
    const open = this.#pending.length > 0;
    const state = this.#stateAfter(line, open);
    if (!open && state !== 'open') {
      if (line.text.trim() !== '') records.push({ ...line, line: this.#line, nextLine: this.#line + 1 });
      this.#line += 1;
      return;
    }
    this.#pending.push(line);
    this.#pendingChars += line.text.length;
    if (state === 'closed') this.#close(line, records);
    else if (state === 'broken' || this.#isTooMuch()) this.#giveUp(records);
  }

  #stateAfter(line: Line, open: boolean): State {
    if (line.fault !== undefined) return open ? 'broken' : 'closed';
    return this.#delimiter === undefined ? 'closed' : scan(line.text, open, this.#delimiter);
  }

  #isTooMuch(): boolean {
    return this.#pending.length > RECORD_LINES_MAX || this.#pendingChars > RECORD_CHARS_MAX;
  }

  #close(last: Line, records: SourceRecord[]): void {
    const text = this.#pending.map((line) => line.text).join('\n');
    const nextLine = this.#line + this.#pending.length;
    records.push({ text, end: last.end, line: this.#line, nextLine });
    this.#line = nextLine;
    this.#pending = [];
    this.#pendingChars = 0;
  }

  /** The first of the pending lines is bad by itself; the others are looked at afresh. */
  #giveUp(records: SourceRecord[]): void {
    const [first, ...rest] = this.#pending;
    this.#pending = [];
    this.#pendingChars = 0;
    if (first === undefined) return;
    records.push({ fault: NEVER_CLOSED, ...first, line: this.#line, nextLine: this.#line + 1 });
    this.#line += 1;
    for (const line of rest) this.#take(line, records);
  }
}

/** How a line leaves the quotes, when they were open or not before it. A quote counts only at the start of a value. */
function scan(text: string, open: boolean, delimiter: string): State {
  if (!open && !text.includes('"')) return 'closed';
  let inside = open;
  let at = 0;
  for (;;) {
    if (!inside) {
      at = skipSpace(text, at, delimiter);
      if (text[at] === '"') {
        at += 1;
      } else {
        const next = text.indexOf(delimiter, at);
        if (next === -1) return 'closed';
        at = next + 1;
        continue;
      }
    }
    inside = false;
    const after = afterQuoted(text, at);
    if (after === -1) return 'open';
    at = skipSpace(text, after, delimiter);
    if (at >= text.length) return 'closed';
    if (text[at] !== delimiter) return 'broken';
    at += 1;
  }
}

/** The place after the quote that closes a value, or -1. Two quotes stand for one of the value's own. */
function afterQuoted(text: string, from: number): number {
  let at = from;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote === -1) return -1;
    if (text[quote + 1] !== '"') return quote + 1;
    at = quote + 2;
  }
}

function skipSpace(text: string, from: number, delimiter: string): number {
  let at = from;
  while ((text[at] === ' ' || text[at] === '\t') && text[at] !== delimiter) at += 1;
  return at;
}
