/** A connection that is in force, ready to decide by. */
import type { JsonObject } from '../json.js';
import type { Mapping, Tools } from '../mapping/read-mapping.js';
import { readMapping } from '../mapping/read-mapping.js';
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
export function compileConnection(connection: ConnectionInForce, compiler: SegmentCompiler): CompiledConnection {
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
