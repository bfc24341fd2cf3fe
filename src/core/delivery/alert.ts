/** Rules by which somebody is told that deliveries are not as they should be, or that a source fell silent: once when it begins, and once when it is over. */
import type { Static } from 'typebox';
import { Type } from 'typebox';
import { TributaryError } from '../errors.js';
import { LIMITS } from '../limits.js';

/** A rule as the API takes it. */
export const AlertDefinitionSchema = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' }),
    destination: Type.Optional(
      Type.String({
        maxLength: 100,
        description: 'Its id, of a rule about deliveries. Left out: all, each by itself; the worst counts.',
      }),
    ),
    source: Type.Optional(
      Type.String({
        maxLength: 100,
        description: 'Its id. A rule about silence needs it, and no other has it.',
      }),
    ),
    measure: Type.Enum(['failure_rate', 'backlog', 'age_seconds', 'silence_minutes'], {
      description:
        'Of deliveries `failure_rate`: the share of attempts in the window that failed, from 0 to 1; `backlog`: how many wait; `age_seconds`: how long the oldest has waited. Of a source `silence_minutes`: how long nothing of it came in; 0 before its first event and while it is switched off.',
    }),
    above: Type.Number({
      minimum: 0,
      description: `It fires while the figure is above that. Of silence from ${LIMITS.silenceMinutesMin} to ${LIMITS.silenceMinutesMax} minutes.`,
    }),
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

/** @throws TributaryError `definition_invalid` where a rule does not say whom it tells or what it looks at, or says it twice. */
export function checkAlertRule({ measure, destination, source, above, url, email }: AlertDefinition): void {
  if ((url === undefined) === (email === undefined))
    refuse('Give `url` or `email`, and not both: where it is told.');
  if (measure !== 'silence_minutes') {
    if (source !== undefined)
      refuse(`source: is for silence_minutes. Leave it out of a rule about ${measure}.`);
    return;
  }
  const { silenceMinutesMin: min, silenceMinutesMax: max } = LIMITS;
  if (source === undefined) refuse('source: give the id of the source whose silence is told of.');
  if (destination !== undefined)
    refuse('destination: is for deliveries. Leave it out of a rule about silence.');
  if (above < min || above > max) refuse(`above: must be from ${min} to ${max} minutes.`);
}

function refuse(message: string): never {
  throw new TributaryError('definition_invalid', message);
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
  silence_minutes: 'Minutes without an event',
};

/** The same as a message in plain text. */
export function alertMessage({ type, timestamp, data }: AlertTold): {
  readonly subject: string;
  readonly text: string;
} {
  const isFiring = type === 'alert.firing';
  const { name, measure, above, windowMinutes = 10, destination, source, figure, id } = data;
  const window = measure === 'failure_rate' ? ` in ${windowMinutes} minutes` : '';
  const lines = [
    isFiring ? `The alert rule "${name}" fires.` : `The alert rule "${name}" fires no longer.`,
    '',
    `${MEASURES[measure]}${window}: ${figure === null ? 'not known' : Number(figure.toFixed(3))}. It fires above ${above}.`,
    source === undefined ? `Destination: ${destination ?? 'each; the worst counts'}` : `Source: ${source}`,
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

/** The figure that a rule about deliveries looks at: of several destinations, the worst. */
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

/** What is known of a source when rules are looked at. */
export interface SourceReceipt {
  readonly sourceId: string;
  readonly enabled: boolean;
  /** When it last sent: milliseconds since 1970 UTC; null before its first event. */
  readonly lastAt: number | null;
}

/** Minutes that a rule's source has been silent: none where nothing is awaited, since it never sent, is switched off, or is gone. */
export function silenceMinutes(
  { source }: AlertDefinition,
  receipts: readonly SourceReceipt[],
  now: number,
): number {
  const receipt = receipts.find(({ sourceId }) => sourceId === source);
  if (!receipt?.enabled || receipt.lastAt === null) return 0;
  return Math.max(0, now - receipt.lastAt) / 60_000;
}
