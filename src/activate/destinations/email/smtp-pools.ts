/** Connections to mail servers, kept open between messages. */
import { createTransport } from 'nodemailer';
import type { JsonObject } from '../../../core/json.js';
import type { SendContext } from '../destination.js';
import { requiredText, textOf } from '../read-values.js';
import type { SmtpError } from './smtp-failure.js';
import { accessToken, heldToken, signsInByOAuth } from './smtp-sign-in.js';

const MESSAGES_PER_CONNECTION_MAX = 100;
const CONNECT_MS_MAX = 15_000;
const SILENT_MS_MAX = 60_000;
const IDLE_MS_MAX = 30_000;
const PORTS: Readonly<Record<string, number>> = { tls: 465, starttls: 587, none: 25 };

/** A mail server that messages are handed to. */
export type SmtpPool = ReturnType<typeof createPool>;

interface Opened {
  readonly address: string;
  readonly pool: SmtpPool;
}

/** By the settings object: when it is replaced, its connections close once they are idle. */
const opened = new WeakMap<JsonObject, Opened>();

/**
 * Uses the pool of a destination; once more with a new access token when the server does not take the old one, which may have been revoked
 * before its end. Who is not let in has sent nothing.
 */
export async function throughPool<Result>(
  context: SendContext,
  use: (pool: SmtpPool) => Promise<Result>,
): Promise<Result> {
  const pool = await smtpPool(context);
  if (!signsInByOAuth(context.settings)) return await use(pool);
  const token = await accessToken(context);
  try {
    return await use(pool);
  } catch (error) {
    if ((error as SmtpError).code !== 'EAUTH') throw error;
    await accessToken(context, token);
    return await use(pool);
  }
}

/** The pool of a destination. It is made anew when the host's name leads somewhere else. */
async function smtpPool(context: SendContext): Promise<SmtpPool> {
  const { settings } = context;
  const address = await context.resolve(requiredText(settings, 'host'));
  const found = opened.get(settings);
  if (found?.address === address) return found.pool;
  found?.pool.close();
  const pool = createPool(settings, address);
  opened.set(settings, { address, pool });
  return pool;
}

/** Where messages go, for people. */
export function smtpUrl(settings: JsonObject): string {
  const security = securityOf(settings);
  return `${security === 'tls' ? 'smtps' : 'smtp'}://${textOf(settings, 'host')}:${portOf(settings)}`;
}

function createPool(settings: JsonObject, address: string) {
  const security = securityOf(settings);
  const ca = textOf(settings, 'certificateAuthority');
  const auth = authOf(settings);
  return createTransport({
    pool: true,
    host: address,
    port: portOf(settings),
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    // The certificate must be that of the name, although it is the address that is connected to.
    tls: { servername: requiredText(settings, 'host'), ...(ca === undefined ? {} : { ca }) },
    ...(auth === undefined ? {} : { auth }),
    maxConnections: Number(settings.connectionsMax ?? 5),
    maxMessages: MESSAGES_PER_CONNECTION_MAX,
    // A message whose connection broke may have arrived: whether it goes again is for the attempts to decide, which are counted.
    maxRequeues: 0,
    connectionTimeout: CONNECT_MS_MAX,
    greetingTimeout: CONNECT_MS_MAX,
    socketTimeout: SILENT_MS_MAX,
    idleTimeout: IDLE_MS_MAX,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

function authOf(settings: JsonObject) {
  const user = textOf(settings, 'user');
  if (user === undefined) return undefined;
  if (!signsInByOAuth(settings)) return { user, pass: textOf(settings, 'password') ?? '' };
  return {
    type: 'OAuth2' as const,
    user,
    // Asked by each connection that is opened: the token of then.
    provisionCallback: (
      _user: string,
      _renew: boolean,
      done: (error: Error | null, token?: string) => void,
    ) => done(null, heldToken(settings)),
  };
}

function securityOf(settings: JsonObject): string {
  return textOf(settings, 'security') ?? 'starttls';
}

function portOf(settings: JsonObject): number {
  return Number(settings.port ?? PORTS[securityOf(settings)]);
}
