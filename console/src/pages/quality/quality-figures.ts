import type { paths } from '../../api/schema';

type Answer = paths['/api/v1/quality']['get']['responses'][200]['content']['application/json'];
/** The figures of one source on one day. */
export type QualityDay = Answer['data'][number];
/** Counts by name, see the API's description. */
type Figures = Readonly<Record<string, number>>;

/** What can be looked at over time: a share of counts, or a count. */
export interface Measure {
  readonly id: string;
  readonly label: string;
  /** In per cent, or undefined for a count; null where there is nothing to judge by. */
  readonly of: (figures: Figures) => number | null;
  readonly unit?: string;
  /** From which share on it is worth a look; shares of completeness have none. */
  readonly badFrom?: number;
}

/** Shares of what came in that is not as it should be. */
export const FAULTS: readonly Measure[] = [
  share('refused', 'Refused', 1, (n) => [n('rejected'), n('rejected') + n('events') + n('duplicates')]),
  share('duplicates', 'Duplicates', 5, (n) => [n('duplicates'), n('duplicates') + n('events')]),
  share('email', 'Invalid e-mails', 2, (n) => [n('invalid.email'), n('invalid.email') + n('valid.email')]),
  share('phone', 'Invalid telephones', 2, (n) => [n('invalid.phone'), n('invalid.phone') + n('valid.phone')]),
  share('nobody', 'Of nobody', 50, (n) => [n('events_of_nobody'), n('events')]),
];

/** How many identify calls carried a trait. */
export function completenessOf(trait: string): Measure {
  return share(`given.${trait}`, `Has ${trait}`, undefined, (n) => [n(`given.${trait}`), n('identifies')]);
}

/** Counts of several days together. */
export function sumOf(days: readonly QualityDay[]): Figures {
  const sum: Record<string, number> = {};
  for (const { figures } of days)
    for (const [name, n] of Object.entries(figures)) sum[name] = (sum[name] ?? 0) + n;
  return sum;
}

/** A share in words. */
export function percent(value: number | null): string {
  if (value === null) return '–';
  return `${value > 0 && value < 0.1 ? '< 0.1' : Math.round(value * 10) / 10} %`;
}

function share(
  id: string,
  label: string,
  badFrom: number | undefined,
  parts: (n: (name: string) => number) => readonly [number, number],
): Measure {
  return {
    ...{ id, label, unit: '%' },
    ...(badFrom === undefined ? {} : { badFrom }),
    of(figures) {
      const [part, whole] = parts((name) => figures[name] ?? 0);
      return whole === 0 ? null : (100 * part) / whole;
    },
  };
}
