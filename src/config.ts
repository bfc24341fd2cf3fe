/**
 * The only reader of `process.env`: one strict, documented object. `docs/settings.md` is generated from SETTINGS.
 */
import { readSignInWays } from './core/access/oidc-settings.js';
import { TributaryError } from './core/errors.js';

type Kind = 'text' | 'url' | 'integer' | 'bytes' | 'list';

interface Setting {
  readonly env: string;
  readonly kind: Kind;
  /** As written in the environment; `undefined` means "not set". */
  readonly standard: string | undefined;
  readonly min?: number;
  readonly max?: number;
  readonly doc: string;
}

/** Every setting of the product. Sizes are in bytes and take `KB`, `MB`, `GB` (powers of 1024). */
export const SETTINGS = {
  dataDir: {
    env: 'TRIBUTARY_DATA_DIR',
    kind: 'text',
    standard: './data',
    doc: 'Folder of the embedded engines, imports and the lock. One server at a time.',
  },
  host: {
    env: 'TRIBUTARY_HOST',
    kind: 'text',
    standard: '127.0.0.1',
    doc: 'Address to listen on. `0.0.0.0` opens it to the network.',
  },
  port: {
    env: 'TRIBUTARY_PORT',
    kind: 'integer',
    standard: '3000',
    min: 0,
    max: 65_535,
    doc: 'TCP port to listen on; 0 takes any free one.',
  },
  publicUrl: {
    env: 'TRIBUTARY_PUBLIC_URL',
    kind: 'url',
    standard: undefined,
    doc: 'Address under which clients reach this server, such as `https://cdp.example.com`; given to browsers in the source settings. Default: the host of the request.',
  },
  adminToken: {
    env: 'TRIBUTARY_ADMIN_TOKEN',
    kind: 'text',
    standard: undefined,
    doc: 'Bearer token of the admin API. Default: generated at the first start, shown once and stored hashed.',
  },
  secretKey: {
    env: 'TRIBUTARY_SECRET_KEY',
    kind: 'text',
    standard: undefined,
    doc: 'Key of 32 bytes, as hexadecimal digits or base64, that secrets of destinations are encrypted with. Default: the file `secret.key` of the data folder, made at the first start: keep a copy.',
  },
  oidcIssuer: {
    env: 'TRIBUTARY_OIDC_ISSUER',
    kind: 'url',
    standard: undefined,
    doc: 'Address of a provider of OpenID Connect by which people may sign in, such as `https://login.example.com` (docs/access.md); with it, `TRIBUTARY_PUBLIC_URL` and the client are needed. Default: people sign in by password alone.',
  },
  oidcClientId: {
    env: 'TRIBUTARY_OIDC_CLIENT_ID',
    kind: 'text',
    standard: undefined,
    doc: 'What the provider calls Tributary.',
  },
  oidcClientSecret: {
    env: 'TRIBUTARY_OIDC_CLIENT_SECRET',
    kind: 'text',
    standard: undefined,
    doc: 'The secret that the provider gave for it.',
  },
  oidcLabel: {
    env: 'TRIBUTARY_OIDC_LABEL',
    kind: 'text',
    standard: 'Sign in with single sign-on',
    doc: 'What the button of the sign-in page says.',
  },
  oidcScopes: {
    env: 'TRIBUTARY_OIDC_SCOPES',
    kind: 'list',
    standard: 'openid,email,profile',
    doc: 'Scopes that the provider is asked for. Some tell groups only when asked for `groups` as well.',
  },
  oidcDomains: {
    env: 'TRIBUTARY_OIDC_DOMAINS',
    kind: 'list',
    standard: '',
    doc: 'Domains of e-mail addresses, separated by commas, whose people may sign in by the provider. Default: all.',
  },
  oidcNewcomers: {
    env: 'TRIBUTARY_OIDC_NEWCOMERS',
    kind: 'text',
    standard: 'none',
    doc: 'Role of those who come by the provider and whom nobody has added: `viewer`, `editor` or `owner`, with `+personal` for the right to personal data; `none` lets only those in whom an owner has added.',
  },
  oidcGroupsClaim: {
    env: 'TRIBUTARY_OIDC_GROUPS_CLAIM',
    kind: 'text',
    standard: 'groups',
    doc: 'The claim that names the groups or roles of who signs in.',
  },
  oidcGroups: {
    env: 'TRIBUTARY_OIDC_GROUPS',
    kind: 'list',
    standard: '',
    doc: 'What groups of the provider may do, such as `cdp-admins=owner+personal,marketing=editor`: then the provider decides at each sign-in. Default: owners decide in the console.',
  },
  passwordSignIn: {
    env: 'TRIBUTARY_PASSWORD_SIGN_IN',
    kind: 'text',
    standard: 'on',
    doc: '`off` lets people sign in by the provider alone. The admin token goes on working.',
  },
  databaseUrl: {
    env: 'DATABASE_URL',
    kind: 'text',
    standard: undefined,
    doc: 'PostgreSQL server, `postgres://user:password@host/db`. Default: embedded.',
  },
  clickhouseUrl: {
    env: 'CLICKHOUSE_URL',
    kind: 'text',
    standard: undefined,
    doc: 'ClickHouse server, `http://user:password@host:8123/db`. Default: embedded.',
  },
  clickhouseMemoryBytesMax: {
    env: 'TRIBUTARY_CLICKHOUSE_MEMORY',
    kind: 'bytes',
    standard: '1GB',
    min: 128 * 1024 * 1024,
    doc: 'Memory that the embedded ClickHouse may take.',
  },
  clickhouseThreadsMax: {
    env: 'TRIBUTARY_CLICKHOUSE_THREADS',
    kind: 'integer',
    standard: '2',
    min: 1,
    max: 256,
    doc: 'Threads that one query of the embedded ClickHouse may use.',
  },
  corsOrigins: {
    env: 'TRIBUTARY_CORS_ORIGINS',
    kind: 'list',
    standard: '*',
    doc: 'Origins whose pages may send events, separated by commas; `*` allows all.',
  },
  trustProxy: {
    env: 'TRIBUTARY_TRUST_PROXY',
    kind: 'list',
    standard: '',
    doc: 'Addresses or ranges of proxies in front, separated by commas, whose `X-Forwarded-*` headers are believed. Default: none.',
  },
  destinationNetworks: {
    env: 'TRIBUTARY_DESTINATION_NETWORKS',
    kind: 'list',
    standard: '',
    doc: 'Addresses (`10.1.2.3`), networks (`10.0.0.0/8`) and hosts (`hooks.internal`), separated by commas, that destinations may speak to beside the public internet. Default: none.',
  },
  destinationsDir: {
    env: 'TRIBUTARY_DESTINATIONS_DIR',
    kind: 'text',
    standard: undefined,
    doc: 'Folder of your own destinations, a TypeScript or JavaScript file each (docs/write-a-destination.md): they run within the server. Default: `destinations` in the data folder.',
  },
  exportsDir: {
    env: 'TRIBUTARY_EXPORTS_DIR',
    kind: 'text',
    standard: undefined,
    doc: 'Folder below which destinations write files. Default: `exports` in the data folder.',
  },
  geoipFile: {
    env: 'TRIBUTARY_GEOIP_FILE',
    kind: 'text',
    standard: undefined,
    doc: 'MaxMind database (`.mmdb`, City or Country) to place IP addresses with.',
  },
  requestBytesMax: {
    env: 'TRIBUTARY_REQUEST_BYTES_MAX',
    kind: 'bytes',
    standard: '4MB',
    min: 1024,
    max: 64 * 1024 * 1024,
    doc: 'Largest request body that collect accepts, counted after decompression.',
  },
  eventBytesMax: {
    env: 'TRIBUTARY_EVENT_BYTES_MAX',
    kind: 'bytes',
    standard: '256KB',
    min: 1024,
    max: 16 * 1024 * 1024,
    doc: 'Largest single event. A larger one goes to the quarantine.',
  },
  backlogEventsMax: {
    env: 'TRIBUTARY_BACKLOG_EVENTS_MAX',
    kind: 'integer',
    standard: '5000000',
    min: 1,
    doc: 'Events that may wait in the log to be processed before collect answers 429.',
  },
  logRetentionHours: {
    env: 'TRIBUTARY_LOG_RETENTION_HOURS',
    kind: 'integer',
    standard: '720',
    min: 1,
    doc: 'Hours for which the log keeps processed events, to replay them.',
  },
  logBytesMax: {
    env: 'TRIBUTARY_LOG_BYTES_MAX',
    kind: 'bytes',
    standard: '50GB',
    min: 64 * 1024 * 1024,
    doc: 'Size of the log beyond which its oldest processed parts are dropped.',
  },
  diskFreeBytesMin: {
    env: 'TRIBUTARY_DISK_FREE_MIN',
    kind: 'bytes',
    standard: '256MB',
    min: 0,
    doc: 'Free space in the data folder below which collect answers 503 instead of risking a full disk.',
  },
  dedupeDays: {
    env: 'TRIBUTARY_DEDUPE_DAYS',
    kind: 'integer',
    standard: '31',
    min: 1,
    max: 366,
    doc: 'Days for which a messageId is remembered.',
  },
  quarantineDays: {
    env: 'TRIBUTARY_QUARANTINE_DAYS',
    kind: 'integer',
    standard: '90',
    min: 1,
    doc: 'Days for which rejected events are kept to be looked at.',
  },
  logLevel: {
    env: 'TRIBUTARY_LOG_LEVEL',
    kind: 'text',
    standard: 'info',
    doc: 'Least level of log lines: `trace`, `debug`, `info`, `warn`, `error` or `silent`.',
  },
  testFault: {
    env: 'TRIBUTARY_TEST_FAULT',
    kind: 'text',
    standard: undefined,
    doc: 'Internal, for the crash tests: the server kills itself where this says, such as `events_inserted:3`. Never set it.',
  },
} as const satisfies Record<string, Setting>;

type ValueOf<S extends Setting> = S['kind'] extends 'integer' | 'bytes'
  ? number
  : S['kind'] extends 'list'
    ? readonly string[]
    : S['standard'] extends string
      ? string
      : string | undefined;

export type Config = { readonly [K in keyof typeof SETTINGS]: ValueOf<(typeof SETTINGS)[K]> };

const UNITS: Record<string, number> = { '': 1, b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3, tb: 1024 ** 4 };
/** Own variables that no setting reads but that belong to the house: the command line's. */
const OTHERS = new Set(['TRIBUTARY_URL']);

/**
 * Reads the settings from an environment.
 * @throws TributaryError `config_invalid`, naming the variable and what it takes: for a value of the wrong form, one out of
 * bounds, one that does not fit another, and for any `TRIBUTARY_*` variable that does not exist.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  const known = new Set<string>(Object.values(SETTINGS).map((setting) => setting.env));
  for (const name of Object.keys(env)) {
    if (name.startsWith('TRIBUTARY_') && !known.has(name) && !OTHERS.has(name)) {
      throw new TributaryError(
        'config_invalid',
        `${name} is not a setting. See docs/settings.md for all of them.`,
      );
    }
  }
  const entries = Object.entries(SETTINGS).map(([key, setting]) => [
    key,
    readSetting(setting, env[setting.env]),
  ]);
  const config = Object.freeze(Object.fromEntries(entries)) as Config;
  // These must fit together: looked at before anything starts.
  readSignInWays(config);
  return config;
}

/** What a command of the command line needs to reach a server. */
export interface ClientConfig {
  readonly url: string;
  readonly token: string | undefined;
}

/** Reads `TRIBUTARY_URL` and `TRIBUTARY_ADMIN_TOKEN`, and nothing else: a client does not care for a server's settings. */
export function readClientConfig(
  env: Readonly<Record<string, string | undefined>> = process.env,
): ClientConfig {
  return {
    url: env.TRIBUTARY_URL?.trim() || 'http://127.0.0.1:3000',
    token: env.TRIBUTARY_ADMIN_TOKEN?.trim() || undefined,
  };
}

function readSetting(setting: Setting, given: string | undefined): string | number | string[] | undefined {
  const text = given === undefined || given.trim() === '' ? setting.standard : given.trim();
  if (text === undefined) return undefined;
  switch (setting.kind) {
    case 'text':
      return text;
    case 'url':
      return readUrl(setting, text);
    case 'list':
      return text
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== '');
    case 'integer':
    case 'bytes':
      return readNumber(setting, text);
  }
}

function readUrl(setting: Setting, text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new TributaryError(
    'config_invalid',
    `${setting.env} must be an address such as https://cdp.example.com.`,
  );
}

function readNumber(setting: Setting, text: string): number {
  const match = setting.kind === 'bytes' ? /^(\d+)\s*([kmgt]?b)?$/i.exec(text) : /^(\d+)$/.exec(text);
  const value = match ? Number(match[1]) * (UNITS[(match[2] ?? '').toLowerCase()] ?? 1) : Number.NaN;
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = setting;
  if (!(value >= min && value <= max)) {
    const form = setting.kind === 'bytes' ? 'a size such as 256MB' : 'a whole number';
    const bounds = setting.max === undefined ? `at least ${min}` : `from ${min} to ${max}`;
    throw new TributaryError('config_invalid', `${setting.env}=${text} must be ${form}, ${bounds}.`);
  }
  return value;
}
