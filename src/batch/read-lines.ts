import { open } from 'node:fs/promises';
import { TributaryError } from '../core/errors.js';
import type { Line } from '../core/import/cut-records.js';

const PIECE_BYTES = 256 * 1024;
const LINE_BYTES_MAX = 1024 * 1024;
/** Of a line that is too long: enough to recognise it. */
const SHOWN_BYTES = 1024;
const LF = 10;

/**
 * Reads a file's lines (UTF-8; bytes that are not, and a mark at the start, aside), piece by piece, so that a file of any
 * size takes the same memory.
 * @param from the byte that the first line starts on.
 */
export async function* readLines(path: string, from: number): AsyncGenerator<Line[]> {
  const file = await open(path, 'r');
  try {
    const piece = Buffer.allocUnsafe(PIECE_BYTES);
    const gatherer = new LineGatherer(from);
    for (let at = from; ; ) {
      const { bytesRead } = await file.read(piece, 0, PIECE_BYTES, at);
      if (bytesRead === 0) break;
      if (at === 0 && bytesRead > 1) refuseUtf16(piece);
      at += bytesRead;
      const lines = gatherer.push(piece.subarray(0, bytesRead));
      if (lines.length > 0) yield lines;
    }
    const last = gatherer.end();
    if (last !== undefined) yield [last];
  } finally {
    await file.close();
  }
}

/** Other encodings cannot be told from UTF-8, but this one has a mark. */
function refuseUtf16(piece: Buffer): void {
  const mark = piece.readUInt16BE(0);
  if (mark !== 0xfffe && mark !== 0xfeff) return;
  throw new TributaryError('request_invalid', 'The file is in UTF-16. Save it as UTF-8, and import that.');
}

/** Puts lines together that stand in several pieces. */
class LineGatherer {
  /** The start of a line whose end is in a later piece. */
  #rest: Buffer[] = [];
  #restBytes = 0;
  /** The byte after the last line that was given out. */
  #end: number;

  constructor(from: number) {
    this.#end = from;
  }

  push(piece: Buffer): Line[] {
    const lines: Line[] = [];
    let start = 0;
    for (let at = piece.indexOf(LF); at !== -1; at = piece.indexOf(LF, start)) {
      lines.push(this.#finish(piece.subarray(start, at), 1));
      start = at + 1;
    }
    // A copy: the piece's memory is used again.
    if (start < piece.length) this.#keep(Buffer.from(piece.subarray(start)));
    return lines;
  }

  end(): Line | undefined {
    return this.#restBytes > 0 ? this.#finish(Buffer.alloc(0), 0) : undefined;
  }

  #keep(part: Buffer): void {
    // Of what is too long to be taken, only the start is kept.
    if (this.#restBytes <= LINE_BYTES_MAX) this.#rest.push(part);
    this.#restBytes += part.length;
  }

  #finish(part: Buffer, lineEndBytes: number): Line {
    const isFirst = this.#end === 0;
    const bytes = this.#restBytes + part.length;
    const whole = this.#rest.length === 0 ? part : Buffer.concat([...this.#rest, part]);
    this.#rest = [];
    this.#restBytes = 0;
    this.#end += bytes + lineEndBytes;
    if (bytes > LINE_BYTES_MAX) {
      const fault = `The line has ${bytes} bytes; ${LINE_BYTES_MAX} are allowed.`;
      return { text: whole.toString('utf8', 0, SHOWN_BYTES), end: this.#end, fault };
    }
    const text = whole.toString('utf8', 0, whole.at(-1) === 13 ? whole.length - 1 : whole.length);
    return { text: isFirst && text.startsWith('\uFEFF') ? text.slice(1) : text, end: this.#end };
  }
}
