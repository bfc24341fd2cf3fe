import type { OidcSettings } from '../../core/access/oidc-settings.js';
import type { SignInFailure } from '../../core/access/sign-in-failure.js';
import type { SecretKey } from '../../stores/secret-key.js';
import type { OidcLinks } from '../../stores/state/oidc-links.js';
import { OidcProvider } from './oidc-provider.js';
import { SignInFlows } from './sign-in-flows.js';

/** How people may sign in, and what that leans on. */
export interface SignInParts {
  readonly password: boolean;
  readonly links: OidcLinks;
  readonly oidc: OidcParts | undefined;
}

/** A provider of sign-ins, and those that have begun. */
export interface OidcParts {
  readonly settings: OidcSettings;
  readonly provider: OidcProvider;
  readonly flows: SignInFlows;
  /** Tells the operator why somebody did not get in. */
  readonly failed: (failure: SignInFailure, message: string) => void;
}

/** Asks nothing of the provider yet. */
export function openOidc(
  settings: OidcSettings,
  key: SecretKey,
  failed: OidcParts['failed'],
  now: () => number = Date.now,
): OidcParts {
  const flows = new SignInFlows(key, settings.redirectUri.startsWith('https:'));
  return { settings, provider: new OidcProvider(settings, now), flows, failed };
}
