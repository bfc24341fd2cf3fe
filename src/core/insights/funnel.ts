/** Funnels: how many of those who begin come to the end. Specified in `docs/specs/insights.md`, 3. */
import type { Correlation, Selector } from '../segments/definition.js';
import { readSelector } from '../segments/events/selector.js';
import { readCorrelation } from '../segments/nodes/sequence.js';
import { Fields, refuse } from '../segments/read.js';
import { type Among, readAmong } from './among.js';
import { type Breakdown, type Part, partOf, readBreakdown } from './breakdown.js';
import { type Period, readPeriod } from './period.js';

/** One step; `same` says where its shared value stands, if not where that of the funnel does. */
export interface FunnelStep extends Selector {
  readonly same?: Correlation;
}

/** What is asked. */
export interface Funnel extends Omit<Period, 'zone'> {
  readonly steps: readonly FunnelStep[];
  /** From the event that somebody enters with to that of any later step, at most. */
  readonly within?: string;
  readonly same?: Correlation;
  /** Closed (the default): people enter at the first step. Open: at any. */
  readonly mode?: 'closed' | 'open';
  readonly by?: Breakdown;
  readonly among?: Among;
}

/** How long people took, in milliseconds. */
export interface FunnelTime {
  readonly median: number;
  readonly p90: number;
}

/** What became of people at one step. */
export interface FunnelFigures {
  /** Who came to the step: entered there, or came from the step before. */
  readonly people: number;
  /** Who came from the step before; of the first step 0. */
  readonly continued: number;
  /** Who came all the way from the first step; of the first step all. */
  readonly fromFirst: number;
  /** `continued` by the people of the step before, and `fromFirst` by those of the first; null where there are none. */
  readonly rateFromPrevious: number | null;
  readonly rateFromFirst: number | null;
  /** From the step before, and from the first; null where nobody came. */
  readonly timeFromPrevious: FunnelTime | null;
  readonly timeFromFirst: FunnelTime | null;
}

/** The steps of everybody, or of those with one value. */
export interface FunnelPart extends Part {
  readonly steps: readonly FunnelFigures[];
}

/** A row of the answer: times are [median, p90]. */
export interface FunnelRow {
  readonly label: string;
  /** From 1. */
  readonly step: number;
  readonly people: number;
  readonly continued: number;
  readonly fromFirst: number;
  readonly previousTimes: readonly [number, number];
  readonly firstTimes: readonly [number, number];
}

const STEPS_MIN = 2;
const STEPS_MAX = 10;

/** Reads what somebody asks. @throws TributaryError `definition_invalid` that names the field and the fix. */
export function readFunnel(value: unknown): Funnel {
  const fields = new Fields(value, 'funnel');
  const same = fields.raw('same');
  const { zone, ...period } = readPeriod(fields);
  if (zone !== undefined) refuse('funnel.zone', 'has no meaning here: from and to are moments.');
  const funnel: Funnel = {
    steps: fields.list('steps', { min: STEPS_MIN, max: STEPS_MAX }).map((one) => readStep(one.value, one.at)),
    ...period,
    ...(fields.raw('within').value === undefined ? {} : { within: fields.duration('within') }),
    ...(same.value === undefined ? {} : { same: readCorrelation(same.value, same.at) }),
    ...(fields.raw('mode').value === undefined ? {} : { mode: fields.oneOf('mode', ['closed', 'open']) }),
    ...readBreakdown(fields),
    ...readAmong(fields),
  };
  fields.end();
  const own = funnel.steps.findIndex((step) => step.same !== undefined);
  if (own >= 0 && funnel.same === undefined)
    refuse(`funnel.steps[${own}].same`, 'needs a same of the whole funnel, which the other steps share.');
  return funnel;
}

function readStep(value: unknown, at: string): FunnelStep {
  const fields = new Fields(value, at);
  const same = fields.raw('same');
  const step = {
    ...readSelector(fields),
    ...(same.value === undefined ? {} : { same: readCorrelation(same.value, same.at) }),
  };
  fields.end();
  return step;
}

/** The parts of the rows: most people first, all others last. Without a breakdown there is one. */
export function funnelParts({ steps, by }: Funnel, rows: readonly FunnelRow[]): FunnelPart[] {
  const labels = new Map<string, FunnelRow[]>(by === undefined ? [['', []]] : []);
  for (const row of rows) {
    const own = labels.get(row.label) ?? [];
    labels.set(row.label, own);
    own.push(row);
  }
  const entered = (rowsOfPart: readonly FunnelRow[]) => Math.max(...rowsOfPart.map(({ people }) => people));
  return [...labels]
    .sort(([a, rowsOfA], [b, rowsOfB]) => {
      if (a === '' || b === '') return a === '' ? 1 : -1;
      return entered(rowsOfB) - entered(rowsOfA) || (a < b ? -1 : 1);
    })
    .map(([label, own]) => {
      const byStep = new Map(own.map((row) => [row.step, row]));
      const figures = steps.map((_, index) =>
        figuresOf(byStep.get(index + 1), byStep.get(index), byStep.get(1)),
      );
      return { ...partOf(by, label), steps: figures };
    });
}

function figuresOf(
  row: FunnelRow | undefined,
  before: FunnelRow | undefined,
  first: FunnelRow | undefined,
): FunnelFigures {
  const { people = 0, continued = 0, fromFirst = 0 } = row ?? {};
  const isFirst = before === undefined && row?.step === 1;
  return {
    ...{ people, continued, fromFirst },
    rateFromPrevious: isFirst ? null : share(continued, before?.people),
    rateFromFirst: share(fromFirst, first?.people),
    timeFromPrevious: continued === 0 || row === undefined ? null : asTime(row.previousTimes),
    timeFromFirst: fromFirst === 0 || isFirst || row === undefined ? null : asTime(row.firstTimes),
  };
}

function share(part: number, whole: number | undefined): number | null {
  return whole === undefined || whole === 0 ? null : part / whole;
}

function asTime([median, p90]: readonly [number, number]): FunnelTime {
  return { median, p90 };
}
