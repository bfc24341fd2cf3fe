/** How ad platforms want personal values before they are hashed. Each takes a text and gives one; an empty one when nothing is left. */
import { googleEmail, googleName, googlePhone } from './google.js';
import * as meta from './meta.js';
import { uid2Email, uid2Phone } from './uid2.js';

/** The normalisers by name: those without a platform before it are what most of them want. */
export const NORMALISERS = {
  email: meta.metaEmail,
  phone: googlePhone,
  name: googleName,
  'google.email': googleEmail,
  'google.phone': googlePhone,
  'google.name': googleName,
  'meta.email': meta.metaEmail,
  'meta.phone': meta.metaPhone,
  'meta.name': meta.metaName,
  'meta.city': meta.metaCity,
  'meta.state': meta.metaState,
  'meta.zip': meta.metaZip,
  'meta.country': meta.metaCountry,
  'meta.birthday': meta.metaBirthday,
  'meta.gender': meta.metaGender,
  'meta.madid': meta.metaMadid,
  'meta.external_id': meta.metaExternalId,
  'uid2.email': uid2Email,
  'uid2.phone': uid2Phone,
} as const satisfies Readonly<Record<string, (value: string) => string>>;

/** The name of a normaliser. */
export type Normaliser = keyof typeof NORMALISERS;

/** Whether there is a normaliser of a name. */
export function isNormaliser(name: string): name is Normaliser {
  return Object.hasOwn(NORMALISERS, name);
}
