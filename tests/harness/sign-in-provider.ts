/** A real provider of OpenID Connect on loopback, and a browser without pages that goes the way to it and back. */
import { generateKeyPairSync } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider, { type OidcContext } from 'oidc-provider';

/** Somebody at the provider. */
export interface Person {
  email?: string;
  email_verified?: boolean;
  name?: string;
  groups?: string[];
}

/** What Tributary is to the provider. */
export const CLIENT = { id: 'tributary', secret: 'a/secret+that:must%not=leak' };
const SCOPES = 'openid email profile groups';

/** The provider. Whoever comes to its page is `who` at once; nobody is asked for a password. */
export class SignInProvider {
  readonly issuer: string;
  readonly people = new Map<string, Person>();
  /** Who signs in next; undefined for somebody who turns back. */
  who: string | undefined;
  /** Whether whoever comes is hung up on. */
  isDown = false;
  readonly #server: Server;

  private constructor(server: Server, callback: string) {
    this.#server = server;
    this.issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const provider = this.#provider(callback);
    const answer = provider.callback();
    server.on('connection', (socket) => this.isDown && socket.destroy());
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      if (!request.url?.startsWith('/interaction/')) return void answer(request, response);
      const result = this.who === undefined ? { error: 'access_denied' } : { login: { accountId: this.who } };
      void provider.interactionFinished(request, response, result);
    });
  }

  /** @param callback the address that it leads back to. */
  static async start(callback: string): Promise<SignInProvider> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new SignInProvider(server, callback);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #provider(callback: string): Provider {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const claims = (id: string) => ({ sub: id, ...this.people.get(id) });
    return new Provider(this.issuer, {
      clients: [{ client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uris: [callback] }],
      jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'one' }] },
      cookies: { keys: ['for tests alone'] },
      claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'], groups: ['groups'] },
      findAccount: (_context: OidcContext, id: string) => ({ accountId: id, claims: async () => claims(id) }),
      features: { devInteractions: { enabled: false } },
      interactions: { url: (_context: OidcContext, { uid }: { uid: string }) => `/interaction/${uid}` },
      ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 600 },
      // Everybody agrees to everything.
      async loadExistingGrant({ oidc }: OidcContext) {
        const { session, client, provider } = oidc;
        const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId });
        grant.addOIDCScope(SCOPES);
        await grant.save();
        return grant;
      },
    });
  }
}

/** Goes where it is led and keeps its cookies, as a browser does; ports do not part cookies. */
export class Wanderer {
  readonly cookies = new Map<string, string>();
  /** Of the latest answer. */
  setCookies: string[] = [];

  /** Asks one address; resolves with its answer. */
  async ask(url: string | URL, init: RequestInit = {}): Promise<Response> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...(init.headers as Record<string, string>), ...(cookie === '' ? {} : { cookie }) };
    const answer = await fetch(url, { ...init, headers, redirect: 'manual' });
    this.setCookies = answer.headers.getSetCookie();
    for (const line of this.setCookies) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '' || /expires=Thu, 01 Jan 1970/i.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return answer;
  }

  /** Follows until `stop` says so; resolves with the address that it then stands before. */
  async follow(from: string | URL, stop: (url: URL) => boolean): Promise<URL> {
    let url = new URL(from);
    for (let steps = 0; !stop(url); steps += 1) {
      if (steps > 15) throw new Error(`It goes in circles: ${url}`);
      const answer = await this.ask(url);
      const location = answer.headers.get('location');
      if (location === null) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
      url = new URL(location, url);
    }
    return url;
  }
}
