/**
 * Whether a tool knows somebody by words that still hold. What identifies people in tools are addresses, and what ad platforms match beside them: names,
 * places, birthdays. Ids count while the person has them: another device, or a second id, makes nobody another.
 */
import { isObject, type JsonObject, type JsonValue } from '../json.js';

/** Traits that identify, as their names are written without case and signs. */
const NAMES =
  /e?mail|phone|mobile|^(?:first|last|full|given|family|sur)?name$|^birth|^dateofbirth$|address|^(?:street|city|state|region|country|zip|zipcode|postalcode|postcode)$/;
/** Kinds of identifiers that are addresses: the newest is that which is written to. */
const ADDRESS_KINDS = ['email', 'phone'];

/**
 * @param remembered what a mapping read of the person when the tool was told; see `rememberedOf`.
 * @param given what would be given now; its `profile` has all identifiers.
 */
export function isKnownAs(remembered: JsonObject, given: JsonObject): boolean {
  const identifiers = identifiersOf(given);
  const held = new Set(Object.values(identifiers).flatMap((values) => (Array.isArray(values) ? values : [])));
  const isHeld = (value: JsonValue | undefined) => value === undefined || held.has(value);
  if (!isHeld(remembered.userId) || !isHeld(remembered.anonymousId)) return false;
  for (const [kind, values] of Object.entries(identifiersOf(remembered))) {
    if (!Array.isArray(values)) continue;
    const now = identifiers[kind];
    const isSame = ADDRESS_KINDS.includes(kind)
      ? Array.isArray(now) && now[0] === values[0]
      : values.every((value) => held.has(value));
    if (!isSame) return false;
  }
  return ['context', 'profile'].every((part) =>
    sameTraits(traitsOf(remembered[part]), traitsOf(given[part])),
  );
}

function sameTraits(remembered: JsonObject, now: JsonObject): boolean {
  return Object.entries(remembered).every(
    ([name, value]) => !NAMES.test(name.toLowerCase().replace(/[^a-z]/g, '')) || contains(now[name], value),
  );
}

/** What was read may be a part of what there is. */
function contains(now: JsonValue | undefined, read: JsonValue): boolean {
  if (isObject(read)) {
    const whole = isObject(now) ? now : {};
    return Object.entries(read).every(([name, value]) => contains(whole[name], value));
  }
  return JSON.stringify(now ?? null) === JSON.stringify(read);
}

function identifiersOf({ profile }: JsonObject): JsonObject {
  const identifiers = isObject(profile) ? profile.identifiers : undefined;
  return isObject(identifiers) ? identifiers : {};
}

function traitsOf(part: JsonValue | undefined): JsonObject {
  const traits = isObject(part) ? part.traits : undefined;
  return isObject(traits) ? traits : {};
}
