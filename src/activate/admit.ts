/** From what waits to what may be sent: the time for trying, the door, and late values. */
import type { FilterReason } from '../core/delivery/delivery.js';
import { FILTER_REASONS } from '../core/delivery/delivery.js';
import type { Judgement } from '../core/delivery/judge.js';
import type {
  ConnectionFact,
  DeliveryState,
  DestinationFact,
  WaitingDelivery,
} from '../stores/state/delivery-state.js';
import type { PeopleAtDoor } from '../stores/state/people-at-door.js';
import type { DestinationKind } from './destinations/destination.js';
import { type AtDoor, refusedAtDoor } from './door.js';
import type { LateResolver } from './late/late-resolver.js';
import { logAttempt, NO_EXCHANGES } from './log-attempt.js';
import type { Ended } from './settler.js';

/** Tried again after that where late values could not be had. */
const LATE_AGAIN_MS = 30_000;

/** What admitting leans on. */
export interface AdmitParts {
  readonly state: Pick<DeliveryState, 'fixLate'>;
  readonly people: PeopleAtDoor;
  readonly late: LateResolver;
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
    {
      later: (item) =>
        end(item, item.delivery.attempts + 1, {
          outcome: 'retried',
          nextAt: now + LATE_AGAIN_MS,
          failure: { code: 'late_value_missing', message: 'A value could not be had in time', retry: true },
        }),
    },
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
  { later }: { readonly later: (item: AtDoor) => void },
): Promise<AtDoor[]> {
  const open = items.filter(({ delivery }) => delivery.late === undefined && late.isLate(delivery.payload));
  const resolved = open.length === 0 ? new Map() : await late.resolve(open.map(({ delivery }) => delivery));
  const fixed = new Map<number, WaitingDelivery['late']>();
  for (const item of open) {
    const value = resolved.get(item.delivery.key);
    if (value === undefined) later(item);
    else if ('refused' in value) refuse(item, String(value.refused));
    else fixed.set(item.delivery.seq, value);
  }
  await state.fixLate(Array.from(fixed, ([seq, value]) => ({ seq, late: value ?? {} })));
  const left = new Set(open.map(({ delivery }) => delivery.seq));
  return items.flatMap((item) => {
    const { delivery } = item;
    const values = delivery.late ?? fixed.get(delivery.seq);
    if (values === undefined) return left.has(delivery.seq) ? [] : [item];
    return [{ ...item, delivery: { ...delivery, payload: late.fill(delivery.payload, values) } }];
  });
}
