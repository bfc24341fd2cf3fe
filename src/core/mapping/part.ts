/** What a compiled mapping is made of. */
import type { JsonValue } from '../json.js';
import type { Late } from './late.js';

/** What a part of a mapping makes: JSON that may still hold nothing, or values that are known later. */
export type Made = JsonValue | undefined | Late | Made[] | MadeObject;
/** An object on the way; a key of it may have nothing. */
export type MadeObject = { [key: string]: Made };

/** What a mapping needs of the world. */
export interface Tools {
  /** The SHA-256 of a text in UTF-8. */
  readonly sha256: (text: string, encoding: 'hex' | 'base64') => string;
}

/** Makes a value of an event, or of what the directive around it gives. @throws MappingFault when it cannot. */
export type Evaluate = (given: Made, tools: Tools) => Made;

/** A part of a mapping, compiled. */
export interface Part {
  readonly evaluate: Evaluate;
  /** True when it may make a late value, of which nothing can be made before it is known. */
  readonly late: boolean;
  /** Its value, where it is the same for all events. */
  readonly constant?: JsonValue;
}

/** An event of which a mapping cannot make what it should. The message says where and why, and no value of the event. */
export class MappingFault extends Error {
  override readonly name = 'MappingFault';
}

/** A part that is the same for all events. */
export function constantPart(value: JsonValue): Part {
  return { evaluate: () => value, late: false, constant: value };
}

/** A part that makes nothing. */
export const NOTHING: Part = { evaluate: () => undefined, late: false };
