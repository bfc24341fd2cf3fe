/** Which functions people may call: those that only compute, by the categories that ClickHouse itself files its functions under. */

/** A row of `system.functions`. */
export interface KnownFunction {
  readonly name: string;
  readonly aliasTo: string;
  readonly categories: string;
  /** Who made it; `System` for ClickHouse. */
  readonly origin: string;
  readonly caseInsensitive: 0 | 1;
  readonly isAggregate: 0 | 1;
}

/**
 * All others stay out, with whatever a later release files there: among them are functions that read files (`file`), other tables (`joinGet`),
 * dictionaries and servers (`hasColumnInTable`, `aiGenerate`), and that tell of the machine.
 */
const CATEGORIES: ReadonlySet<string> = new Set([
  ...['Aggregate Functions', 'Arithmetic', 'Arrays', 'Bit', 'Bitmap', 'Comparison', 'Conditional'],
  ...['Dates and Times', 'Distance', 'Encoding', 'Financial', 'Geo', 'Geo Polygon', 'Hash', 'IP Address'],
  ...['JSON', 'Logical', 'Map', 'Mathematical', 'Null', 'Nullable', 'Random Number', 'Rounding', 'String'],
  ...['String Replacement', 'String Search', 'String Splitting', 'Time Window', 'Tuple', 'Type Conversion'],
  ...['URL', 'UUID'],
]);
/** Harmless ones of other categories. */
const FURTHER: ReadonlySet<string> = new Set([
  ...['bar', 'byteSize', 'countDigits', 'formatReadableDecimalSize', 'formatReadableQuantity'],
  ...['formatReadableSize', 'formatReadableTimeDelta', 'identity', 'ignore', 'materialize', 'parseTimeDelta'],
  ...['rowNumberInAllBlocks', 'rowNumberInBlock', 'toTypeName', 'transform', 'variantElement', 'variantType'],
  ...['caseWithExpression', '_CAST'],
]);
/** They write in any format of files, read what is no value, or look into the process. */
const NEVER: ReadonlySet<string> = new Set(['formatRow', 'formatRowNoNewline', 'reinterpret', 'flameGraph']);
/** What the parser calls functions. */
const SYNTAX = ['lambda', 'exists', 'untuple', 'grouping'];

/** Endings that make another aggregate function of one. */
const COMBINATORS =
  /(?:If|Array|Map|Distinct|OrDefault|OrNull|Resample|ForEach|ArgMin|ArgMax|SimpleState|State|MergeState|Merge)$/;

/**
 * Tells whether a function may be called.
 * @param tableFunctions names that also stand for tables: none of them may be.
 */
export function allowedFunctions(
  known: readonly KnownFunction[],
  tableFunctions: readonly string[],
): (name: string) => boolean {
  const byName = new Map(known.map((one) => [one.name, one]));
  const tables = new Set(tableFunctions.map((name) => name.toLowerCase()));
  const isAllowed = (one: KnownFunction): boolean => {
    const real = byName.get(one.aliasTo) ?? one;
    const isOurs = CATEGORIES.has(real.categories) || FURTHER.has(real.name);
    return isOurs && real.origin === 'System' && !NEVER.has(real.name);
  };
  const allowed = known.filter((one) => isAllowed(one) && !tables.has(one.name.toLowerCase()));
  const exact = new Set([...allowed.map(({ name }) => name), ...SYNTAX]);
  const inAnyCase = new Set(
    allowed.filter((one) => one.caseInsensitive === 1).map(({ name }) => name.toLowerCase()),
  );
  const aggregates = allowed.filter((one) => one.isAggregate === 1);
  const exactAggregates = new Set(aggregates.map(({ name }) => name));
  const isCombined = (name: string): boolean => {
    const shorter = name.replace(COMBINATORS, '');
    if (shorter === name) return false;
    const isAggregate =
      exactAggregates.has(shorter) ||
      aggregates.some((one) => one.caseInsensitive === 1 && one.name.toLowerCase() === shorter.toLowerCase());
    return isAggregate || isCombined(shorter);
  };
  return (name) => exact.has(name) || inAnyCase.has(name.toLowerCase()) || isCombined(name);
}
