/** Looks at alert rules, and tells those who asked: at least once for each beginning and end, with an id by which repeats are known. */
import { type AlertDefinition, type AlertFigures, alertFigure } from '../core/delivery/alert.js';
import type { Time } from './time.js';

const LOOK_INTERVAL_MS = 15_000;
const MINUTE_MS = 60_000;

/** A rule as it is watched; see stores/state/alert-rules.ts. */
export interface WatchedRule {
  readonly id: string;
  readonly definition: AlertDefinition;
  readonly enabled: boolean;
  readonly firingSince: number | null;
  readonly figure: number | null;
  readonly untold: boolean;
}

/** What alerts lean on. */
export interface AlertParts {
  readonly rules: {
    list(): Promise<readonly WatchedRule[]>;
    see(id: string, figure: number, isFiring: boolean, now: number): Promise<void>;
    told(id: string, firingSince: number | null): Promise<void>;
  };
  /** Of each destination, attempts being those since a time. */
  readonly figures: (since: number) => Promise<readonly AlertFigures[]>;
  /** Rejects when it could not be told. */
  readonly tell: (url: string, id: string, body: object) => Promise<void>;
  readonly failed: (error: unknown) => void;
  readonly time: Time;
}

/** Looks at the rules again and again; the returned function ends it. */
export function watchAlerts(parts: AlertParts): () => void {
  let callOff = () => {};
  let isOver = false;
  const look = async () => {
    try {
      await lookAtRules(parts);
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

/** One look at all rules: what they see, and what is to be told. */
export async function lookAtRules(parts: AlertParts): Promise<void> {
  const rules = (await parts.rules.list()).filter(({ enabled }) => enabled);
  const known = new Map<number, readonly AlertFigures[]>();
  for (const { id, definition } of rules) {
    const now = parts.time.now();
    const { windowMinutes = 10, above } = definition;
    const figures = known.get(windowMinutes) ?? (await parts.figures(now - windowMinutes * MINUTE_MS));
    known.set(windowMinutes, figures);
    const figure = alertFigure(definition, figures, now);
    await parts.rules.see(id, figure, figure > above, now);
  }
  for (const rule of await parts.rules.list()) {
    if (!rule.untold || !rule.enabled) continue;
    try {
      await tell(rule, parts);
    } catch (error) {
      // It stays to be told: others must not wait for it.
      parts.failed(error);
    }
  }
}

async function tell(
  { id, definition, firingSince, figure }: WatchedRule,
  { rules, tell: send, time }: AlertParts,
): Promise<void> {
  const { url, ...rule } = definition;
  const type = firingSince === null ? 'alert.resolved' : 'alert.firing';
  const at = new Date(time.now()).toISOString();
  await send(url, `${id}_${firingSince ?? 'resolved'}`, {
    type,
    timestamp: at,
    data: { id, ...rule, figure },
  });
  await rules.told(id, firingSince);
}
