/** Liquid for templates of e-mails: what a template gives depends on it and its values alone, and it reads nothing else. */
import { Liquid, RenderError, type Template, UndefinedVariableError } from 'liquidjs';
import type { JsonObject } from '../../../core/json.js';
import { SendFailure } from '../destination.js';

const TEMPLATE_CHARS_MAX = 1_000_000;
const RENDER_MS_MAX = 1000;
/** Cells that a template may make, as liquidjs counts them. */
const RENDER_CELLS_MAX = 10_000_000;
const PARSED_TEMPLATES_MAX = 200;
/** Where `"now" | date` finds the time: of the decision, since every attempt must send the same. */
const NOW = '__now';

/** What a template is rendered with. */
export interface Rendering {
  readonly variables: JsonObject;
  /** Milliseconds since 1970 UTC: what the template takes for now. */
  readonly now: number;
  /** A variable that is missing, and has no `default`, is a failure; else it is empty. */
  readonly strict: boolean;
}

/** Renders templates of one sort, each parsed once. */
export interface Renderer {
  /** @param part for messages, such as `subject` @throws SendFailure `template_invalid`, `template_failed` or `variable_missing`, each with the place */
  render(template: string, rendering: Rendering, part: string): string;
}

/** @param html values are HTML-escaped, but for those that end in `| raw`. */
export function createRenderer(html: boolean): Renderer {
  const engine = new Liquid({
    // No file of the machine can be included.
    templates: {},
    ...(html ? { outputEscape: 'escape' as const } : {}),
    strictFilters: true,
    lenientIf: true,
    timezoneOffset: 'UTC',
    locale: 'en-US',
    parseLimit: TEMPLATE_CHARS_MAX,
    renderLimit: RENDER_MS_MAX,
    memoryLimit: RENDER_CELLS_MAX,
  });
  takeOutChance(engine);
  const parsed = new Map<string, Template[]>();
  return {
    render(template, { variables, now, strict }, part) {
      try {
        const found = parsed.get(template) ?? engine.parse(template);
        keepNewest(parsed, template, found);
        const options = { strictVariables: strict, globals: { [NOW]: new Date(now).toISOString() } };
        return String(engine.renderSync(found, variables, options));
      } catch (error) {
        throw failureOf(error, part);
      }
    },
  };
}

/** The clock and the dice of liquidjs would give each attempt another body. */
function takeOutChance(engine: Liquid): void {
  for (const name of [
    'date',
    'date_to_xmlschema',
    'date_to_rfc822',
    'date_to_string',
    'date_to_long_string',
  ]) {
    const filter = engine.filters[name];
    if (typeof filter !== 'function') continue;
    engine.registerFilter(name, function (value: unknown, ...rest: unknown[]) {
      const isNow = value === 'now' || value === 'today';
      return filter.call(this, isNow ? this.context.getSync([NOW]) : value, ...rest);
    });
  }
  delete engine.filters.sample;
}

function keepNewest(parsed: Map<string, Template[]>, template: string, found: Template[]): void {
  parsed.delete(template);
  parsed.set(template, found);
  const [oldest] = parsed.keys();
  if (parsed.size > PARSED_TEMPLATES_MAX && oldest !== undefined) parsed.delete(oldest);
}

function failureOf(error: unknown, part: string): unknown {
  if (!(error instanceof Error)) return error;
  const place = error.message.split('\n')[0] ?? '';
  const cause = { cause: error };
  if (error instanceof UndefinedVariableError) {
    const message = `The ${part} needs a value that is missing: ${place}`;
    return new SendFailure({ code: 'variable_missing', message, retry: false }, cause);
  }
  const code = RenderError.is(error) ? 'template_failed' : 'template_invalid';
  return new SendFailure({ code, message: `The ${part} cannot be rendered: ${place}`, retry: false }, cause);
}
