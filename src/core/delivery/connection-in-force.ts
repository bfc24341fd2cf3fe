/** A connection that is in force, ready to decide by. */
import type { JsonObject, JsonValue } from '../json.js';
import { checkPayload } from '../mapping/check-payload.js';
import { MappingFault, type Tools } from '../mapping/part.js';
import { type Mapping, readMapping } from '../mapping/read-mapping.js';
import type { CompiledSegment, SegmentCompiler } from '../segments/compile.js';
import type { SegmentEvent } from '../segments/events/segment-event.js';
import { routesOfAny } from '../segments/events/selector.js';
import type { ConnectionDefinition } from './connection.js';
import { compileEventChoice } from './event-choice.js';
import type { Prepared } from './prepared.js';

/** The newest version of a connection that is switched on, of a destination that is. */
export interface ConnectionInForce {
  readonly connectionId: string;
  /** Stands for the connection in audiences. */
  readonly connectionNumber: number;
  readonly version: number;
  /** Stands for the version in deliveries. */
  readonly versionNumber: number;
  readonly definition: ConnectionDefinition;
  readonly prepared: Prepared;
  readonly destinationId: string;
  readonly destinationNumber: number;
  readonly destinationName: string;
  readonly kind: string;
  /** Which suppression list it obeys beside the global one. */
  readonly channel: string;
  readonly purposes: readonly string[];
  readonly backlogMax: number;
}

/** What a mapping made, or why it made nothing. */
export type Mapped =
  | { readonly payload: JsonObject }
  | { readonly reason: 'mapping_failed' | 'payload_invalid'; readonly error: string };

/** See the head of the file. */
export interface CompiledConnection extends ConnectionInForce {
  /** Where events are filed that it may take: see `routesOf`. None of one that is told of a segment. */
  readonly routes: readonly string[];
  /** Whether it takes an event, whosever it is. */
  readonly takes: (row: SegmentEvent & { readonly event: { readonly integrations: JsonObject } }) => boolean;
  /** Of whom; undefined: of everybody. */
  readonly who: CompiledSegment | undefined;
  /** The paths that its mapping reads; `$` is all. */
  readonly pathsRead: readonly string[];
  /** What is sent of what is given. */
  readonly map: (given: JsonObject, tools: Tools) => Mapped;
}

/**
 * Compiles a connection.
 * @param compiler of the segments in force, so that what is remembered of people for those answers here too.
 * @throws TributaryError when it refers to what is not in force.
 */
export function compileConnection(
  connection: ConnectionInForce,
  compiler: SegmentCompiler,
): CompiledConnection {
  const { from, events, who } = connection.definition;
  const selectors = (events ?? [{}]).map(compileEventChoice);
  const sources = new Set('sources' in from ? from.sources : []);
  const mapping = readMapping(connection.prepared.mapping);
  return {
    ...connection,
    routes: 'segment' in from ? [] : routesOfAny(selectors),
    takes: (row) =>
      (sources.size === 0 || sources.has(row.event.sourceId)) &&
      selectors.some((selector) => selector.selects(row)) &&
      isMeantFor(connection, row.event.integrations),
    who: who === undefined ? undefined : compiler.segment(who),
    pathsRead: mapping.pathsRead,
    map: (given, tools) => mapped(connection, mapping, given, tools),
  };
}

function mapped({ prepared }: ConnectionInForce, mapping: Mapping, given: JsonObject, tools: Tools): Mapped {
  let made: JsonValue | undefined;
  try {
    made = mapping.evaluate(given, tools);
  } catch (error) {
    if (error instanceof MappingFault) return { reason: 'mapping_failed', error: error.message };
    throw error;
  }
  const checked = checkPayload(made, prepared.fields, mapping.holdsLate);
  if (checked.faults === undefined) return { payload: checked.payload };
  return { reason: 'payload_invalid', error: checked.faults.map(({ message }) => message).join(' ') };
}

/** Whether the event itself lets it go to a destination, by `integrations` of the Segment specification: its name, id or kind, else `All`. */
function isMeantFor({ destinationName, destinationId, kind }: ConnectionInForce, said: JsonObject): boolean {
  for (const name of [destinationName, destinationId, kind])
    if (Object.hasOwn(said, name)) return said[name] !== false;
  return !Object.hasOwn(said, 'All') || said.All !== false;
}
