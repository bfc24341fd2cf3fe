/**
 * Sign-ins that have begun, each in a cookie of the browser that began it: sealed, so that nobody reads or makes one, and named after its state, so that several
 * tabs do not disturb each other. The server itself remembers nothing of them.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { SecretKey } from '../../stores/secret-key.js';
import type { OidcSecrets } from './oidc-provider.js';

/** A sign-in that has begun. */
export interface SignInFlow extends OidcSecrets {
  /** The page to come back to, as `returnTo` lets it pass. */
  readonly returnTo: string;
}

const COOKIE = 'tributary_oidc_';
/** It goes to the two routes that need it, and to no others. */
const PATH = '/api/v1/session/oidc';
const CONTEXT = 'sign-in flow';
const SECONDS_MAX = 600;
/** More would make the browser's requests too long to be read: it is forgotten what was not finished. */
const FLOWS_MAX = 5;

/** The flows of browsers. */
export class SignInFlows {
  readonly #key: SecretKey;
  readonly #secure: boolean;

  /** @param secure whether people reach this server by https. */
  constructor(key: SecretKey, secure: boolean) {
    this.#key = key;
    this.#secure = secure;
  }

  /** Gives a flow to the browser. */
  keep(request: FastifyRequest, reply: FastifyReply, flow: SignInFlow, now: number): void {
    const others = Object.keys(request.cookies).filter((name) => name.startsWith(COOKIE));
    if (others.length >= FLOWS_MAX) for (const name of others) reply.clearCookie(name, { path: PATH });
    const text = JSON.stringify({ ...flow, until: now + SECONDS_MAX * 1_000 });
    reply.setCookie(nameOf(flow.state), this.#key.seal(text, CONTEXT).toString('base64url'), {
      ...{ path: PATH, httpOnly: true, maxAge: SECONDS_MAX, secure: this.#secure },
      // The provider's page leads back here: `strict` would keep the cookie away.
      sameSite: 'lax',
    });
  }

  /** Takes the flow of a state from the browser; undefined when it has none, or one that is too old. */
  take(request: FastifyRequest, reply: FastifyReply, state: string, now: number): SignInFlow | undefined {
    const name = nameOf(state);
    const sealed = request.cookies[name];
    if (sealed === undefined) return undefined;
    reply.clearCookie(name, { path: PATH });
    const { until, ...flow } = this.#open(sealed) ?? { until: 0 };
    return until > now ? (flow as SignInFlow) : undefined;
  }

  #open(sealed: string): (SignInFlow & { readonly until: number }) | undefined {
    try {
      // Invariant: what opens was sealed above.
      return JSON.parse(this.#key.open(Buffer.from(sealed, 'base64url'), CONTEXT));
    } catch {
      return undefined;
    }
  }
}

function nameOf(state: string): string {
  return `${COOKIE}${state.slice(0, 16)}`;
}
