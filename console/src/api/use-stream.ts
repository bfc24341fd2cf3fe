import { useEffect, useRef, useState } from 'react';

/** Whether a live stream is connected. */
export type StreamState = 'connecting' | 'live' | 'paused';

/**
 * Listens to server-sent events while `on`. The browser connects anew by itself after an interruption.
 * @param handlers by the name of the event; each is given its parsed data.
 */
export function useStream(
  path: string,
  handlers: Readonly<Record<string, (data: unknown) => void>>,
  on = true,
): StreamState {
  const [state, setState] = useState<StreamState>('connecting');
  const latest = useRef(handlers);
  latest.current = handlers;
  const names = Object.keys(handlers).join(' ');
  useEffect(() => {
    if (!on) {
      setState('paused');
      return;
    }
    const source = new EventSource(path);
    source.onopen = () => setState('live');
    source.onerror = () => setState('connecting');
    for (const name of names.split(' '))
      source.addEventListener(name, (event) =>
        latest.current[name]?.(JSON.parse((event as MessageEvent<string>).data)),
      );
    return () => source.close();
  }, [path, names, on]);
  return state;
}
