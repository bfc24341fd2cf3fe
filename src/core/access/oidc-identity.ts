/** Who a provider of sign-ins (OpenID Connect) says somebody is. */
import type { JsonObject } from '../json.js';

/** Somebody, as the provider tells. */
export interface OidcIdentity {
  /** Issuer and subject together name an account at the provider for ever; nothing else does. */
  readonly issuer: string;
  readonly subject: string;
  /** The e-mail address, if the provider vouches that it is theirs. */
  readonly verifiedEmail: string | undefined;
  /** For people to read; from 1 to 200 characters. */
  readonly name: string;
  readonly groups: readonly string[];
}

/**
 * Printable ASCII alone: other letters may become those of somebody else's address when a database compares them without regard to case.
 */
const ADDRESS = /^[\x21-\x3f\x41-\x7e]+@[\x21-\x3f\x41-\x7e]+$/;
const ADDRESS_CHARS_MAX = 254;
const NAME_CHARS_MAX = 200;

/**
 * @param idToken the claims of the ID token, whose signature holds. @param userInfo what else the provider told, of the same subject.
 * @param groupsClaim which claim names the groups.
 */
export function identityOf(
  idToken: JsonObject & { readonly iss: string; readonly sub: string },
  userInfo: JsonObject,
  groupsClaim: string,
): OidcIdentity {
  const verifiedEmail = verifiedEmailOf(idToken) ?? verifiedEmailOf(userInfo);
  return {
    issuer: idToken.iss,
    subject: idToken.sub,
    verifiedEmail,
    name: nameOf(idToken.name ?? userInfo.name) ?? verifiedEmail ?? idToken.sub.slice(0, NAME_CHARS_MAX),
    groups: groupsOf(idToken[groupsClaim] ?? userInfo[groupsClaim]),
  };
}

/** Address and vouching from the same place, never one from here and the other from there. Some providers write `true` as a text. */
function verifiedEmailOf({ email, email_verified: verified }: JsonObject): string | undefined {
  if (typeof email !== 'string' || (verified !== true && verified !== 'true')) return undefined;
  return email.length <= ADDRESS_CHARS_MAX && ADDRESS.test(email) ? email : undefined;
}

function nameOf(claim: unknown): string | undefined {
  if (typeof claim !== 'string') return undefined;
  const name = [...claim.replaceAll(/\p{C}/gu, '').trim()].slice(0, NAME_CHARS_MAX).join('');
  return name === '' ? undefined : name;
}

/** One group as a text, several as a list. */
function groupsOf(claim: unknown): readonly string[] {
  const given: readonly unknown[] = Array.isArray(claim) ? claim : [claim];
  return given.filter((one) => typeof one === 'string');
}
