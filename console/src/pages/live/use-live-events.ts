import { useEffect, useMemo, useRef, useState } from 'react';
import { api } from '../../api/client';
import { type StreamState, useStream } from '../../api/use-stream';
import { fromRejected, fromStored, fromStream, type LiveEvent } from './live-event';

/** Events that the page keeps, the newest. */
const KEPT_MAX = 1_000;
/** How many that came before the page was opened are shown to begin with. */
const BEFORE = 50;
/** What came is drawn this often: nobody reads faster, and a busy stream would draw all the time. */
const DRAW_MS = 200;

/** What the debugger shows. */
export interface LiveEvents {
  /** The newest first; undefined until it is known what came before. */
  readonly events: readonly LiveEvent[] | undefined;
  readonly error: unknown;
  readonly state: StreamState;
  /** How many came since it was paused. */
  readonly waiting: number;
  /** How many the server left out, because there were too many to show. */
  readonly skipped: number;
  readonly retry: () => void;
  readonly clear: () => void;
}

/** Follows what comes in, after the newest that came before. While paused it goes on listening, and shows it afterwards. */
export function useLiveEvents(isPaused: boolean): LiveEvents {
  const before = useBefore();
  const [streamed, setStreamed] = useState<readonly LiveEvent[]>([]);
  const [waiting, setWaiting] = useState(0);
  const [skipped, setSkipped] = useState(0);
  const [clearedTo, setClearedTo] = useState(-1);
  const buffer = useRef<LiveEvent[]>([]);
  const paused = useRef(isPaused);
  paused.current = isPaused;
  const state = useStream('/api/v1/events/stream', {
    event(data) {
      buffer.current.push(fromStream(data));
      if (buffer.current.length > KEPT_MAX) buffer.current.shift();
    },
    skipped: (data) => setSkipped((sum) => sum + (data as { events: number }).events),
  });
  useEffect(() => {
    const timer = setInterval(() => {
      if (paused.current) {
        setWaiting(buffer.current.length);
        return;
      }
      if (buffer.current.length === 0) return;
      const came = buffer.current.reverse();
      buffer.current = [];
      setStreamed((known) => [...came, ...known].slice(0, KEPT_MAX));
    }, DRAW_MS);
    return () => clearInterval(timer);
  }, []);
  const events = useMemo(() => {
    if (before.events === undefined) return undefined;
    // What was on its way while the page asked for what came before is in both.
    const seen = new Set(streamed.map(({ offset }) => offset));
    return [...streamed, ...before.events.filter(({ offset }) => !seen.has(offset))]
      .filter(({ offset }) => offset > clearedTo)
      .sort((a, b) => b.offset - a.offset);
  }, [streamed, before.events, clearedTo]);
  return {
    ...{ events, error: before.error, state, skipped, retry: before.retry },
    waiting: isPaused ? waiting : 0,
    clear: () => setClearedTo(events?.[0]?.offset ?? -1),
  };
}

function useBefore() {
  const init = { params: { query: { limit: BEFORE } } };
  const once = { staleTime: Number.POSITIVE_INFINITY, gcTime: 0 };
  const stored = api.useQuery('get', '/api/v1/events', init, once);
  const rejected = api.useQuery('get', '/api/v1/rejected', init, once);
  const events = useMemo(() => {
    if (stored.data === undefined || rejected.data === undefined) return undefined;
    return [...stored.data.data.map(fromStored), ...rejected.data.data.map(fromRejected)]
      .sort((a, b) => b.offset - a.offset)
      .slice(0, BEFORE);
  }, [stored.data, rejected.data]);
  return {
    events,
    error: stored.error ?? rejected.error,
    retry: () => {
      void stored.refetch();
      void rejected.refetch();
    },
  };
}
