import { TributaryError } from '../../errors.js';

/** A place in a text that somebody wrote, counted from 1; a column is a UTF-16 unit, as editors count. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A text that is no definition. The message names the place, what is there, what should be, and the fix. */
export class TextError extends TributaryError {
  readonly place: Place;

  constructor(place: Place, problem: string) {
    super('request_invalid', `Line ${place.line}, column ${place.column}: ${problem}`);
    this.place = place;
  }
}

/** Refuses a text for what stands at an offset of it. */
export function refuseText(text: string, offset: number, problem: string): never {
  const before = text.slice(0, offset).split('\n');
  throw new TextError({ line: before.length, column: (before.at(-1) ?? '').length + 1 }, problem);
}
