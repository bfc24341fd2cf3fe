/** Tells of an alert by e-mail, through the server and from the sender of a destination. */
import { type AlertTold, alertMessage } from '../core/delivery/alert.js';
import type { JsonObject } from '../core/json.js';
import { type SendContext, SendFailure } from './destinations/destination.js';
import { email } from './destinations/email/email.js';
import { type OutletParts, openOutlet } from './outlet.js';

/** Nobody of the profiles: who is told is an operator. */
const NOBODY = '00000000-0000-0000-0000-000000000000';
/** How long telling of an alert may take. */
export const ALERT_MS_MAX = 10_000;

/** Sends mail with the settings of a destination. */
export interface AlertMailer {
  /** @param id of what is told: the same gives the same message. Rejects when the server did not take it. */
  send(to: string, id: string, told: AlertTold): Promise<void>;
}

/** The mailer of a destination, by its id; rejects when there is no such destination. */
export type AlertMailers = (destinationId: string) => Promise<AlertMailer>;

/** Mailers, each kept as long as the settings of its destination are the same. */
export function alertMailers(
  destinations: {
    get(id: string): Promise<{ readonly number: number }>;
    settings(id: string): Promise<JsonObject>;
  },
  parts: OutletParts,
): AlertMailers {
  const opened = new Map<string, { readonly by: string; readonly mailer: AlertMailer }>();
  return async (id) => {
    // One that was deleted has settings still.
    const { number } = await destinations.get(id);
    const settings = await destinations.settings(id);
    const by = JSON.stringify(settings);
    const known = opened.get(id);
    if (known?.by === by) return known.mailer;
    const mailer = openAlertMailer(number, settings, parts);
    opened.set(id, { by, mailer });
    return mailer;
  };
}

function openAlertMailer(number: number, settings: JsonObject, parts: OutletParts): AlertMailer {
  const outlet = openOutlet(email, { id: '', number, settings, secretNames: [] }, parts);
  return {
    async send(to, id, told) {
      const { context } = outlet.call({
        ...{ options: { unsubscribe: false }, dryRun: false },
        ...{ signal: AbortSignal.timeout(ALERT_MS_MAX), timeoutMs: ALERT_MS_MAX },
      });
      // Templates of what somebody wrote would be filled in: it is a value of one instead.
      const payload = {
        to,
        subject: '{{ subject }}',
        text: '{{ text }}',
        variables: { ...alertMessage(told) },
      };
      const item = { key: id, attempt: 1, profileId: NOBODY, payload, decidedAt: Date.parse(told.timestamp) };
      const [result] = (await email.actions.send?.send([item], withoutReturnPath(context))) ?? [];
      if (result?.status === 'failed') throw new SendFailure(result);
    },
  };
}

/** An address of an operator that bounces goes on no suppression list. */
function withoutReturnPath({ mac: _, ...context }: SendContext): SendContext {
  return context;
}
