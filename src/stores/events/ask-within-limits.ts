import { TributaryError } from '../../core/errors.js';
import type { ClickHouse, ExceededLimit } from '../../engines/clickhouse.js';
import { exceededLimit } from '../../engines/clickhouse.js';

/** What one question over everybody may take. */
export interface AskLimits {
  readonly secondsMax: number;
  readonly memoryBytesMax: number;
}

/** A definition may be long; its statement repeats parts of it. */
const STATEMENT_SETTINGS = {
  max_query_size: 16 * 1024 * 1024,
  max_ast_elements: 1_000_000,
  max_expanded_ast_elements: 2_000_000,
  max_ast_depth: 5_000,
  max_parser_depth: 5_000,
} as const;

/**
 * Asks ClickHouse something of a customer's making.
 * @throws TributaryError `definition_too_costly` with the figure and the limit, when it takes more than that.
 */
export async function askWithinLimits<Row>(
  clickhouse: ClickHouse,
  sql: string,
  params: Readonly<Record<string, unknown>>,
  limits: AskLimits,
): Promise<Row[]> {
  const settings = {
    ...STATEMENT_SETTINGS,
    max_execution_time: limits.secondsMax,
    // Off, so that a question ends with an error when its time is over, and not with a part of the answer.
    timeout_overflow_mode: 'throw',
    max_memory_usage: limits.memoryBytesMax,
    max_bytes_before_external_group_by: Math.floor(limits.memoryBytesMax / 2),
  };
  try {
    return await clickhouse.query<Row>(sql, params, settings);
  } catch (error) {
    const exceeded = exceededLimit(error);
    if (exceeded === undefined) throw error;
    throw new TributaryError('definition_too_costly', sentenceOf(exceeded, error, limits), { cause: error });
  }
}

function sentenceOf(
  exceeded: ExceededLimit,
  error: unknown,
  { secondsMax, memoryBytesMax }: AskLimits,
): string {
  const message = error instanceof Error ? error.message : '';
  switch (exceeded) {
    case 'time': {
      const [, elapsedMs] = /elapsed ([\d.]+) ms/.exec(message) ?? [];
      const took = elapsedMs === undefined ? `over ${secondsMax}` : (Number(elapsedMs) / 1_000).toFixed(1);
      return `The question took ${took} seconds; at most ${secondsMax} are allowed. Ask about fewer events, or a shorter window.`;
    }
    case 'memory': {
      const [, needs = 'more than that'] = /would use ([\d.]+ \w+)/.exec(message) ?? [];
      return `The question needs ${needs} of memory; at most ${memoryBytesMax / 1024 ** 2} MiB are allowed. Ask about fewer events, or a shorter window.`;
    }
    case 'rows':
      return 'The question reads more rows than are allowed. Ask about fewer events, or a shorter window.';
    case 'size':
      return 'The definition is too large for one statement. Split it into segments that refer to each other.';
    default:
      return exceeded satisfies never;
  }
}
