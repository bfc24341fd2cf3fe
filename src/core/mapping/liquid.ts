/** Liquid, as the destinations' library has it: no loops, no files; and neither clock, time zone nor chance of the machine. */
import { Liquid, Tag } from 'liquidjs';
import type { JsonObject, JsonValue } from '../json.js';
import { isObject } from '../json.js';
import { LIMITS } from '../limits.js';
import { refuse } from '../segments/read.js';

const TAGS_OFF = [
  ...['case', 'for', 'include', 'layout', 'render', 'tablerow'],
  // They count in the event itself, which is others' as well.
  ...['increment', 'decrement'],
];
const FILTERS_OFF = [
  ...['array_to_sentence_string', 'concat', 'find', 'find_exp', 'find_index', 'find_index_exp', 'group_by'],
  ...['group_by_exp', 'has', 'has_exp', 'map', 'newline_to_br', 'reject', 'reject_exp', 'reverse', 'sort'],
  ...['sort_natural', 'uniq', 'where_exp', 'type'],
  // Takes items by chance: the same event has to give the same text whenever it is asked.
  'sample',
];
const DATES = ['date', 'date_to_xmlschema', 'date_to_rfc822', 'date_to_string', 'date_to_long_string'];

/** What carries out a filter; the library does not tell its name. */
type Filter = Extract<Parameters<Liquid['registerFilter']>[1], (...given: never[]) => unknown>;

const engine = createEngine();

/** A Liquid template, parsed. */
export interface LiquidTemplate {
  /** The text for an event. @throws Error of the library. */
  readonly render: (given: JsonObject) => string;
  /** The keys of the paths that it reads. */
  readonly reads: ReadonlyArray<readonly string[]>;
}

/** Parses a template. @throws TributaryError `definition_invalid` when it is none. */
export function parseLiquid(text: string, at: string): LiquidTemplate {
  try {
    const template = engine.parse(text);
    const paths = engine.globalVariableSegmentsSync(template);
    return {
      render: (given) => String(engine.renderSync(template, given)),
      // A path may go on by what another one holds; up to there it is known.
      reads: paths.map((path) => {
        const end = path.findIndex((key) => Array.isArray(key));
        return (end === -1 ? path : path.slice(0, end)).map(String);
      }),
    };
  } catch (error) {
    return refuse(at, `is no Liquid template that can be used here: ${(error as Error).message}.`);
  }
}

function createEngine(): Liquid {
  const created = new Liquid({
    ...{ parseLimit: LIMITS.liquidCharsMax, memoryLimit: LIMITS.mappedCharsMax },
    // A filter that does not exist, or no longer, is refused when the template is parsed.
    ...{ timezoneOffset: 0, locale: 'en-US', templates: {}, strictFilters: true },
  });
  for (const name of TAGS_OFF) {
    created.registerTag(
      name,
      class extends Tag {
        override render(): void {}
        constructor(...given: ConstructorParameters<typeof Tag>) {
          super(...given);
          throw new Error(`the tag "${name}" is switched off`);
        }
      },
    );
  }
  for (const name of FILTERS_OFF) delete created.filters[name];
  for (const name of DATES) created.registerFilter(name, atReceipt(created.filters[name] as Filter));
  return created;
}

/** In a template, now is when the event was received. */
function atReceipt(filter: Filter): Filter {
  return function (value: unknown, ...options) {
    const isNow = value === 'now' || value === 'today';
    return filter.call(this, isNow ? receivedAt(this.context.environments) : value, ...options);
  };
}

function receivedAt(given: unknown): JsonValue | undefined {
  return isObject(given) && Object.hasOwn(given, 'receivedAt') ? given.receivedAt : undefined;
}
