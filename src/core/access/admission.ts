/** Whom an operator lets in by OpenID Connect, and as what. */
import type { OidcIdentity } from './oidc-identity.js';
import { ROLES, type Role } from './role.js';
import type { SignInFailure } from './sign-in-failure.js';

/** What somebody may do. */
export interface Rights {
  readonly role: Role;
  readonly personalData: boolean;
}

/** What an operator has decided; see docs/access.md. */
export interface AdmissionRules {
  /** Domains of e-mail addresses, in small letters; without any, all. */
  readonly domains: readonly string[];
  /** What those are given whom nobody has added; undefined when they stay outside. */
  readonly newcomers: Rights | undefined;
  /** What groups of the provider give. With any of them the provider decides at each sign-in. */
  readonly groups: ReadonlyArray<{ readonly group: string; readonly rights: Rights }>;
}

/** How somebody may come in. */
export interface Admission {
  /** What somebody new is given; undefined where only those come in whom an owner has added. */
  readonly newcomer: Rights | undefined;
  /** What is given anew at each sign-in; undefined where that is the owners' affair. */
  readonly each: Rights | undefined;
}

/** Judges somebody by the rules. */
export function admit(identity: OidcIdentity, rules: AdmissionRules): Admission | SignInFailure {
  if (rules.domains.length > 0) {
    if (identity.verifiedEmail === undefined) return 'email_unverified';
    const domain = identity.verifiedEmail.toLowerCase().split('@').at(-1) ?? '';
    if (!rules.domains.includes(domain)) return 'not_admitted';
  }
  if (rules.groups.length === 0) return { newcomer: rules.newcomers, each: undefined };
  const granted = strongest(
    rules.groups.filter(({ group }) => identity.groups.includes(group)).map(({ rights }) => rights),
  );
  const rights = granted ?? rules.newcomers;
  return rights === undefined ? 'not_admitted' : { newcomer: rights, each: rights };
}

/** The highest role of all, and the right to personal data if any has it. */
function strongest(rights: readonly Rights[]): Rights | undefined {
  const role = ROLES.findLast((one) => rights.some((held) => held.role === one));
  return role && { role, personalData: rights.some(({ personalData }) => personalData) };
}
