/** Masking: what is kept of requests and responses shows no secret. */

/** Masks texts, headers and addresses of one destination. */
export interface Mask {
  /** A body, or any other text. */
  text(text: string): string;
  url(url: string): string;
  headers(headers: Iterable<readonly [string, string]>): Record<string, string>;
}

const MASKED = '***';
/** Shorter ones would be found by chance in every text, and are guessed anyway. */
const SECRET_CHARS_MIN = 4;
/** Headers that carry credentials, whatever their value. */
const SECRET_HEADER =
  /^(?:authorization|proxy-authorization|cookie|set-cookie|.*(?:api-?key|token|secret|password|credential).*)$/i;
/** Names under which tools put credentials into bodies and addresses, such as answers of an OAuth server. */
const SECRET_NAME =
  '(?:access_token|refresh_token|id_token|client_secret|api_?key|api_?secret|auth_?token|password|passwd|private_key|secret|signature|x-amz-signature|x-amz-credential|x-amz-security-token)';
const JSON_SECRET = new RegExp(`("${SECRET_NAME}"\\s*:\\s*")(?:[^"\\\\]|\\\\.)*`, 'gi');
const FORM_SECRET = new RegExp(`((?:^|[?&\\s])${SECRET_NAME}=)[^&\\s"#]+`, 'gi');

/** Makes the mask of a destination from its secrets. Also their forms in addresses, JSON and base64 are found. */
export function makeMask(secrets: readonly string[]): Mask {
  const forms = new Set(secrets.filter((secret) => secret.length >= SECRET_CHARS_MIN).flatMap(formsOf));
  const longestFirst = [...forms].sort((a, b) => b.length - a.length);
  const known = longestFirst.length === 0 ? undefined : new RegExp(longestFirst.map(escaped).join('|'), 'g');
  const text = (value: string): string =>
    (known === undefined ? value : value.replace(known, MASKED))
      .replace(JSON_SECRET, `$1${MASKED}`)
      .replace(FORM_SECRET, `$1${MASKED}`);
  return {
    text,
    url: (url) => text(url.replace(/^([a-z]+:\/\/)[^/?#]*@/i, `$1${MASKED}@`)),
    headers: (headers) =>
      Object.fromEntries(
        Array.from(headers, ([name, value]) => [name, SECRET_HEADER.test(name) ? MASKED : text(value)]),
      ),
  };
}

function formsOf(secret: string): string[] {
  const forms = [
    secret,
    encodeURIComponent(secret),
    new URLSearchParams([['', secret]]).toString().slice(1),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString('base64'),
    Buffer.from(secret).toString('base64url'),
    // As the user's name, or as the password of nobody, of basic authentication.
    Buffer.from(`${secret}:`).toString('base64'),
    Buffer.from(`:${secret}`).toString('base64'),
  ];
  return forms.filter((form) => form.length >= SECRET_CHARS_MIN);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
