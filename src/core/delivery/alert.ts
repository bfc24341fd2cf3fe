/** Rules by which somebody is told that deliveries are not as they should be: once when it begins, and once when it is over. */
import type { Static } from 'typebox';
import { Type } from 'typebox';

/** A rule as the API takes it. */
export const AlertDefinitionSchema = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' }),
    destination: Type.Optional(
      Type.String({
        maxLength: 100,
        description: 'Its id. Left out: all, each by itself; the worst counts.',
      }),
    ),
    measure: Type.Enum(['failure_rate', 'backlog', 'age_seconds'], {
      description:
        '`failure_rate`: the share of attempts in the window that failed, from 0 to 1; `backlog`: deliveries that wait; `age_seconds`: how long the oldest has waited.',
    }),
    above: Type.Number({ minimum: 0, description: 'It fires while the figure is above that.' }),
    windowMinutes: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1_440, default: 10, description: 'Of a failure rate.' }),
    ),
    url: Type.String({
      format: 'uri',
      maxLength: 2_000,
      pattern: '^https?://',
      description:
        'Where a POST with JSON goes when it begins and when it is over. The rules for addresses of destinations hold.',
    }),
  },
  { additionalProperties: false },
);
export type AlertDefinition = Static<typeof AlertDefinitionSchema>;

/** What is known of a destination when rules are looked at. */
export interface AlertFigures {
  readonly destinationId: string;
  readonly pending: number;
  /** Milliseconds since 1970 UTC; null when nothing waits. */
  readonly oldestAt: number | null;
  /** Attempts in the rule's window. */
  readonly attempts: number;
  readonly failed: number;
}

/** Attempts below which a rate says nothing. */
const ATTEMPTS_MIN = 5;

/** The figure that a rule looks at: of several destinations, the worst. */
export function alertFigure(
  { measure, destination }: AlertDefinition,
  figures: readonly AlertFigures[],
  now: number,
): number {
  const concerned = figures.filter(
    ({ destinationId }) => destination === undefined || destinationId === destination,
  );
  const values = concerned.map(({ pending, oldestAt, attempts, failed }) => {
    if (measure === 'backlog') return pending;
    if (measure === 'age_seconds') return oldestAt === null ? 0 : Math.max(0, now - oldestAt) / 1000;
    return attempts < ATTEMPTS_MIN ? 0 : failed / attempts;
  });
  return Math.max(0, ...values);
}
