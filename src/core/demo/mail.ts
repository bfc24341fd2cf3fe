import type { JsonObject } from '../json.js';
import { accountEmail } from './account.js';
import { browse } from './browse.js';
import { DAY_MS } from './season.js';
import type { Visit } from './visit.js';
import { consentContext, record } from './visit.js';

const MINUTE = 60_000;

/** True for those who get the newsletter. */
export function getsMail(visit: Visit): boolean {
  return visit.shopper.account && visit.person.consent.marketing && !visit.shopper.unsubscribed;
}

/** A newsletter arrives, and is opened, followed or answered with "no more". The e-mail tool knows the address only. */
export function readMail(visit: Visit): void {
  const { random, shopper } = visit;
  const issue = Math.floor(visit.at / (7 * DAY_MS));
  const name = `newsletter-${issue}`;
  const properties = {
    campaign_id: `n-${issue}`,
    campaign_name: name,
    email_subject: `Fern & Finch no. ${issue}`,
  };
  tell(visit, 0, 'Email Delivered', properties);
  if (random.chance(0.4)) return;
  tell(visit, random.int(1, 600) * MINUTE, 'Email Opened', properties);
  if (random.chance(0.03)) {
    shopper.unsubscribed = true;
    tell(visit, MINUTE, 'Unsubscribed', properties);
  } else if (random.chance(0.3)) {
    tell(visit, MINUTE, 'Email Link Clicked', { ...properties, link_url: 'https://fernandfinch.example/' });
    // What follows is a visit to the website like any other.
    browse(visit, { referrer: '', campaign: { source: 'newsletter', medium: 'email', name } });
  }
}

function tell(visit: Visit, afterMs: number, event: string, properties: JsonObject): void {
  const context = {
    library: { name: 'mailer', version: '2.0.1' },
    traits: { email: accountEmail(visit) },
    consent: consentContext(visit),
  };
  record(visit, 'email', afterMs, { type: 'track', event, properties, context });
}
