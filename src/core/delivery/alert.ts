/** Rules by which somebody is told that deliveries are not as they should be: once when it begins, and once when it is over. */
import type { Static } from 'typebox';
import { Type } from 'typebox';
import { TributaryError } from '../errors.js';

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
    url: Type.Optional(
      Type.String({
        format: 'uri',
        maxLength: 2_000,
        pattern: '^https?://',
        description:
          'Where a POST with JSON goes when it begins and when it is over. The rules for addresses of destinations hold. Give `url` or `email`.',
      }),
    ),
    email: Type.Optional(
      Type.Object(
        {
          destination: Type.String({
            maxLength: 100,
            description:
              'Id of a destination of the kind `email`: its server and sender are used, also while it is switched off.',
          }),
          to: Type.String({ format: 'email', maxLength: 254 }),
        },
        { additionalProperties: false, description: 'Whom a message in plain text goes to instead.' },
      ),
    ),
  },
  { additionalProperties: false },
);
export type AlertDefinition = Static<typeof AlertDefinitionSchema>;

/** @throws TributaryError `definition_invalid` where a rule does not say whom it tells, or says it twice. */
export function checkAlertTarget({ url, email }: AlertDefinition): void {
  if ((url === undefined) === (email === undefined))
    throw new TributaryError('definition_invalid', 'Give `url` or `email`, and not both: where it is told.');
}

/** What is told of a rule, as JSON. */
export interface AlertTold {
  readonly type: 'alert.firing' | 'alert.resolved';
  /** When it began to fire, or ceased to: the same each time that it is told. */
  readonly timestamp: string;
  readonly data: Omit<AlertDefinition, 'url' | 'email'> & {
    readonly id: string;
    readonly figure: number | null;
  };
}

const MEASURES: Readonly<Record<AlertDefinition['measure'], string>> = {
  failure_rate: 'Share of attempts that failed',
  backlog: 'Deliveries that wait',
  age_seconds: 'Seconds that the oldest has waited',
};

/** The same as a message in plain text. */
export function alertMessage({ type, timestamp, data }: AlertTold): {
  readonly subject: string;
  readonly text: string;
} {
  const isFiring = type === 'alert.firing';
  const { name, measure, above, windowMinutes = 10, destination, figure, id } = data;
  const window = measure === 'failure_rate' ? ` in ${windowMinutes} minutes` : '';
  const lines = [
    isFiring ? `The alert rule "${name}" fires.` : `The alert rule "${name}" fires no longer.`,
    '',
    `${MEASURES[measure]}${window}: ${figure ?? 'not known'}. It fires above ${above}.`,
    `Destination: ${destination ?? 'each; the worst counts'}`,
    `Since: ${timestamp}`,
    `Rule: ${id}`,
  ];
  return { subject: `${isFiring ? 'Firing' : 'Resolved'}: ${name}`, text: `${lines.join('\n')}\n` };
}

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
