/** From what waits to what may be sent: the time for trying, the door, and late values. */
import type { FilterReason } from '../core/delivery/delivery.js';
import { FILTER_REASONS } from '../core/delivery/delivery.js';
import type { Judgement } from '../core/delivery/judge.js';
import type { JsonObject, JsonValue } from '../core/json.js';
import { fillLate, lateValues } from '../core/mapping/late.js';
import type {
  ConnectionFact,
  DeliveryState,
  DestinationFact,
  WaitingDelivery,
} from '../stores/state/delivery-state.js';
import type { PeopleAtDoor } from '../stores/state/people-at-door.js';
import type { DestinationKind } from './destinations/destination.js';
import { type AtDoor, refusedAtDoor } from './door.js';
import type { LateAnswer, ResolveLate } from './late/late-resolver.js';
import { logAttempt, NO_EXCHANGES } from './log-attempt.js';
import type { Ended } from './settler.js';

/** Tried again after that where late values could not be had. */
const LATE_AGAIN_MS = 30_000;

/** What admitting leans on. */
export interface AdmitParts {
  readonly state: Pick<DeliveryState, 'fixLate'>;
  readonly people: PeopleAtDoor;
  readonly late: ResolveLate;
}

/** Through what deliveries go. */
export interface Way {
  readonly destination: DestinationFact;
  /** By number of the version. */
  readonly connections: ReadonlyMap<number, ConnectionFact>;
  readonly kind: DestinationKind;
  /** The tool does not work at present: what is past its time is given up untried. */
  readonly isTroubled: boolean;
}

/** What may be sent, and what is to be settled instead. */
export interface Admitted {
  readonly items: readonly AtDoor[];
  readonly ended: readonly Ended[];
}

/** Judges deliveries that were taken. Those of connections that are not known yet are in neither list: they stay where they are. */
export async function admit(
  deliveries: readonly WaitingDelivery[],
  way: Way,
  now: number,
  parts: AdmitParts,
): Promise<Admitted> {
  const ended: Ended[] = [];
  const items: AtDoor[] = [];
  const end = (item: Pick<AtDoor, 'delivery' | 'connection'>, attempt: number, judgement: Judgement) => {
    const logged = logAttempt({ ...item, ...way }, attempt, judgement, { at: now, tookMs: 0 }, NO_EXCHANGES);
    ended.push({ seq: item.delivery.seq, judgement, logged });
  };
  const giveUp = (item: Pick<AtDoor, 'delivery' | 'connection'>, code: string, message: string) =>
    end(item, item.delivery.attempts + 1, { outcome: 'dead', failure: { code, message, retry: false } });
  for (const delivery of deliveries) {
    const connection = way.connections.get(delivery.connection);
    if (connection === undefined) continue;
    const { actions } = way.kind;
    const action = Object.hasOwn(actions, connection.action) ? actions[connection.action] : undefined;
    if (action === undefined)
      giveUp(
        { delivery, connection },
        'action_unknown',
        `${way.kind.title} has no action ${connection.action}`,
      );
    else if (way.isTroubled && now >= delivery.since + way.destination.options.giveUpAfterMs)
      giveUp({ delivery, connection }, 'gave_up', 'The tool did not work in all the time for trying');
    else items.push({ delivery, connection, action });
  }
  const refused = await refusedAtDoor(parts.people, way.destination, items);
  const allowed = items.filter((item) => {
    const reason = refused.get(item.delivery.seq);
    if (reason !== undefined) end(item, 0, filtered(reason));
    return reason === undefined;
  });
  const admitted = await withLateValues(
    allowed,
    parts,
    (item, message) => giveUp(item, 'late_value_refused', message),
    (item) =>
      end(item, item.delivery.attempts + 1, {
        outcome: 'retried',
        nextAt: now + LATE_AGAIN_MS,
        failure: { code: 'late_value_missing', message: 'A value could not be had in time', retry: true },
      }),
  );
  return { items: admitted, ended };
}

/** The judgement on what may not leave. */
export function filtered(reason: FilterReason): Judgement {
  return { outcome: 'filtered', reason, message: FILTER_REASONS[reason] };
}

/** Resolves late values and writes them down before anything is sent: from then on the payload is fixed. */
async function withLateValues(
  items: readonly AtDoor[],
  { state, late }: AdmitParts,
  refuse: (item: AtDoor, message: string) => void,
  later: (item: AtDoor) => void,
): Promise<AtDoor[]> {
  const asked = items.flatMap(({ delivery, connection }) => {
    const isOpen = connection.holdsLate && delivery.late === undefined;
    const wanted = isOpen ? lateValues(delivery.payload) : [];
    return wanted.length === 0 ? [] : [{ key: delivery.key, profileId: delivery.profileId, wanted }];
  });
  const answers: ReadonlyMap<string, LateAnswer> = asked.length === 0 ? new Map() : await late(asked);
  const open = new Set(asked.map(({ key }) => key));
  const fixed: Array<{ readonly seq: number; readonly late: readonly JsonValue[] }> = [];
  const ready = items.flatMap((item): AtDoor[] => {
    const { delivery, connection } = item;
    const answer = answers.get(delivery.key);
    if (!connection.holdsLate) return [item];
    if (!open.has(delivery.key)) return [filledIn(item, delivery.late ?? [])];
    if (answer === undefined) later(item);
    else if ('refused' in answer) refuse(item, answer.refused);
    else {
      fixed.push({ seq: delivery.seq, late: answer.values });
      return [filledIn(item, answer.values)];
    }
    return [];
  });
  await state.fixLate(fixed);
  return ready;
}

function filledIn(item: AtDoor, values: readonly JsonValue[]): AtDoor {
  const payload = fillLate(item.delivery.payload, (_, at) => values[at] ?? undefined);
  // Invariant: a payload is an object, and stays one.
  return { ...item, delivery: { ...item.delivery, payload: payload as JsonObject } };
}
