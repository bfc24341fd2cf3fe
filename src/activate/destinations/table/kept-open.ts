/** What destinations keep open between calls, such as pools of connections. */
import type { JsonObject } from '../../../core/json.js';
import type { SendContext } from '../destination.js';
import { requiredText } from '../read-values.js';

/**
 * Keeps one for the lifetime of a destination's settings: when those are replaced it closes its connections once they are idle, and nothing leads to it.
 * @param open opens one, for the address that the host's name has now.
 * @param close lets go of one whose host has moved.
 */
export function keptOpen<Kept>(
  open: (settings: JsonObject, address: string) => Kept,
  close: (kept: Kept) => void,
): (context: SendContext) => Promise<Kept> {
  const opened = new WeakMap<JsonObject, { readonly address: string; readonly kept: Kept }>();
  return async ({ settings, resolve }) => {
    const address = await resolve(requiredText(settings, 'host'));
    const found = opened.get(settings);
    if (found?.address === address) return found.kept;
    if (found !== undefined) close(found.kept);
    const kept = open(settings, address);
    opened.set(settings, { address, kept });
    return kept;
  };
}
