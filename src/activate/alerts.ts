/** Looks at alert rules, and tells those who asked: at least once for each beginning and end, with an id by which repeats are known. */
import {
  type AlertDefinition,
  type AlertFigures,
  type AlertTold,
  alertFigure,
  type SourceReceipt,
  silenceMinutes,
} from '../core/delivery/alert.js';
import type { Time } from './time.js';

const LOOK_INTERVAL_MS = 15_000;
const MINUTE_MS = 60_000;
/** After a failure it is told again at the next look, and then ever later, up to this. */
const REST_MS_MAX = 60 * MINUTE_MS;

/** A rule as it is watched; see stores/state/alert-rules.ts. */
export interface WatchedRule {
  readonly id: string;
  readonly definition: AlertDefinition;
  readonly enabled: boolean;
  readonly firingSince: number | null;
  readonly figure: number | null;
  readonly untold: boolean;
  /** When it began to fire, or ceased to; null before. */
  readonly changedAt: number | null;
}

/** What alerts lean on. */
export interface AlertParts {
  readonly rules: {
    list(): Promise<readonly WatchedRule[]>;
    see(id: string, figure: number, isFiring: boolean, now: number): Promise<void>;
    told(id: string, changedAt: number | null): Promise<void>;
  };
  /** Of each destination, attempts being those since a time. */
  readonly figures: (since: number) => Promise<readonly AlertFigures[]>;
  /** Of each source, when it last sent. */
  readonly receipts: () => Promise<readonly SourceReceipt[]>;
  /** Tells it to whom the rule names. The same id is the same word. Rejects when it could not be told. */
  readonly tell: (to: Pick<AlertDefinition, 'url' | 'email'>, id: string, told: AlertTold) => Promise<void>;
  readonly failed: (error: unknown) => void;
  readonly time: Time;
}

/** Looks at the rules again and again; the returned function ends it. */
export function watchAlerts(parts: AlertParts): () => void {
  let callOff = () => {};
  let isOver = false;
  const resting: Resting = new Map();
  const look = async () => {
    try {
      await lookAtRules(parts, resting);
    } catch (error) {
      parts.failed(error);
    }
    if (!isOver) callOff = parts.time.after(LOOK_INTERVAL_MS, () => void look());
  };
  void look();
  return () => {
    isOver = true;
    callOff();
  };
}

/** Rules that could not be told of: how often, and until when they rest. */
type Resting = Map<string, { readonly failures: number; readonly until: number }>;

/** One look at all rules: what they see, and what is to be told. */
export async function lookAtRules(parts: AlertParts, resting: Resting = new Map()): Promise<void> {
  const rules = (await parts.rules.list()).filter(({ enabled }) => enabled);
  const figureOf = figuring(parts);
  for (const { id, definition } of rules) {
    const now = parts.time.now();
    const figure = await figureOf(definition, now);
    await parts.rules.see(id, figure, figure > definition.above, now);
  }
  for (const rule of await parts.rules.list()) {
    const { failures = 0, until = 0 } = resting.get(rule.id) ?? {};
    if (!rule.untold || !rule.enabled || parts.time.now() < until) continue;
    try {
      await tell(rule, parts);
      resting.delete(rule.id);
    } catch (error) {
      // It stays to be told: others must not wait for it.
      const restMs = Math.min(REST_MS_MAX, (2 ** failures - 1) * LOOK_INTERVAL_MS);
      resting.set(rule.id, { failures: failures + 1, until: parts.time.now() + restMs });
      parts.failed(error);
    }
  }
}

/** The figures of one look: what several rules ask is read once, and what none asks is not. */
function figuring(parts: AlertParts): (definition: AlertDefinition, now: number) => Promise<number> {
  const known = new Map<number, readonly AlertFigures[]>();
  let receipts: readonly SourceReceipt[] | undefined;
  return async (definition, now) => {
    const { measure, windowMinutes = 10 } = definition;
    if (measure === 'silence_minutes') {
      receipts ??= await parts.receipts();
      return silenceMinutes(definition, receipts, now);
    }
    const figures = known.get(windowMinutes) ?? (await parts.figures(now - windowMinutes * MINUTE_MS));
    known.set(windowMinutes, figures);
    return alertFigure(definition, figures, now);
  };
}

async function tell(
  { id, definition, firingSince, changedAt, figure }: WatchedRule,
  { rules, tell: send }: AlertParts,
): Promise<void> {
  const { url, email, ...rule } = definition;
  const type = firingSince === null ? 'alert.resolved' : 'alert.firing';
  const timestamp = new Date(changedAt ?? 0).toISOString();
  const to = { ...(url === undefined ? {} : { url }), ...(email === undefined ? {} : { email }) };
  await send(to, `${id}_${changedAt}`, { type, timestamp, data: { id, ...rule, figure } });
  await rules.told(id, changedAt);
}
