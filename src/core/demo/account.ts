import { CATEGORIES } from './catalogue.js';
import { accountTraits, mistype } from './person.js';
import { createRandom } from './random.js';
import type { Surface } from './surface.js';
import { isSignedIn, speak } from './surface.js';
import type { Visit } from './visit.js';

const SECOND = 1000;

/** The e-mail address that the account holds at this time: for some a slip, until they notice. */
export function accountEmail(visit: Visit): string {
  const { seed, person, shopper } = visit;
  if (!person.mistypes || shopper.corrected) return person.email;
  return mistype(createRandom(seed, 'slip', shopper.index), person.email);
}

/** Opens an account on this device. From here on its calls carry the userId. */
export function signUp(visit: Visit, surface: Surface): void {
  const { person, shopper, random } = visit;
  shopper.account = true;
  shopper.signedIn |= surface.bit;
  const createdAt = new Date(visit.at).toISOString();
  const traits = accountTraits(person, accountEmail(visit), createdAt);
  if (surface.channel === 'app' && random.chance(0.3)) {
    speak(visit, surface, SECOND, { type: 'alias', previousId: surface.anonymousId });
  }
  speak(visit, surface, 40 * SECOND, { type: 'identify', traits }, '/account/new');
  const method = random.pick(['email', 'email', 'link']);
  speak(
    visit,
    surface,
    SECOND,
    { type: 'track', event: 'Signed Up', properties: { method } },
    '/account/new',
  );
  if (person.family !== '') {
    const group = { name: `The ${person.lastName}s`, plan: 'family' };
    speak(visit, surface, SECOND, { type: 'group', groupId: person.family, traits: group }, '/account');
  }
}

/** Signs in on a device that does not know its user yet. */
export function signIn(visit: Visit, surface: Surface): void {
  const { person, shopper, random } = visit;
  shopper.signedIn |= surface.bit;
  shopper.corrected ||= person.mistypes && random.chance(0.7);
  const email = accountEmail(visit);
  // Phones put a capital letter first, and a pasted address brings a space along.
  const typed = random.chance(0.08) ? ` ${email.charAt(0).toUpperCase()}${email.slice(1)}` : email;
  speak(visit, surface, 20 * SECOND, { type: 'identify', traits: { email: typed } }, '/account/sign-in');
  speak(visit, surface, SECOND, { type: 'track', event: 'Signed In', properties: {} }, '/account/sign-in');
}

/** Whoever shares a device signs out after use, or forgets to. */
export function perhapsSignOut(visit: Visit, surface: Surface): void {
  if (surface.device.kind !== 'tablet' || !isSignedIn(visit, surface) || !visit.random.chance(0.6)) return;
  speak(visit, surface, 5 * SECOND, { type: 'track', event: 'Signed Out', properties: {} }, '/account');
  visit.shopper.signedIn &= ~surface.bit;
}

/** Now and then somebody changes what the account says of them. */
export function perhapsUpdate(visit: Visit, surface: Surface): void {
  if (!isSignedIn(visit, surface) || !visit.random.chance(0.03)) return;
  const favouriteCategory = visit.random.pick(CATEGORIES);
  speak(
    visit,
    surface,
    30 * SECOND,
    { type: 'identify', traits: { favouriteCategory } },
    '/account/preferences',
  );
}
