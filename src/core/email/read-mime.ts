/** Just enough of MIME (RFC 5322, 2045, 2046) to read reports of mail systems. Never fails: what is not understood is plain text. */

/** A part of a message, or the message itself. */
export interface MimePart {
  /** By names in lower case, in their order; unfolded. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  /** Such as `multipart/report`, in lower case. */
  readonly type: string;
  /** Of `Content-Type`, by names in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
  /** Decoded; one character a byte where it was encoded. Empty when there are parts. */
  readonly body: string;
  readonly parts: readonly MimePart[];
}

const DEPTH_MAX = 5;
const PARTS_MAX = 50;

/** @param text the whole message. */
export function readMime(text: string): MimePart {
  return readPart(text.replace(/\r\n?/g, '\n'), 0);
}

/** Fields of a block as headers have them, as delivery reports use them too. Names are in lower case. */
export function readFields(block: string): Map<string, string[]> {
  const fields = new Map<string, string[]>();
  for (const line of block.replace(/\n[ \t]+/g, ' ').split('\n')) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const name = line.slice(0, colon).trim().toLowerCase();
    const values = fields.get(name) ?? [];
    values.push(line.slice(colon + 1).trim());
    fields.set(name, values);
  }
  return fields;
}

function readPart(text: string, depth: number): MimePart {
  const end = text.startsWith('\n') ? 0 : text.indexOf('\n\n');
  const headers = readFields(end < 0 ? text : text.slice(0, end));
  const content = end < 0 ? '' : text.slice(end).replace(/^\n{1,2}/, '');
  const { type, parameters } = readContentType(headers.get('content-type')?.[0] ?? 'text/plain');
  const boundary = parameters.get('boundary');
  const inner =
    depth >= DEPTH_MAX
      ? []
      : type.startsWith('multipart/') && boundary !== undefined
        ? split(content, boundary)
        : type === 'message/rfc822'
          ? [content]
          : [];
  const parts = inner.map((part) => readPart(part, depth + 1));
  const encoding = headers.get('content-transfer-encoding')?.[0]?.toLowerCase();
  return { headers, type, parameters, body: parts.length > 0 ? '' : decode(content, encoding), parts };
}

function readContentType(value: string): { type: string; parameters: Map<string, string> } {
  const [type = ''] = value.split(';');
  const parameters = new Map<string, string>();
  for (const [, name = '', quoted, bare] of value.matchAll(/;\s*([\w-]+)\s*=\s*(?:"([^"]*)"|([^\s;]+))/g))
    parameters.set(name.toLowerCase(), quoted ?? bare ?? '');
  return { type: type.trim().toLowerCase(), parameters };
}

function split(content: string, boundary: string): string[] {
  const [, ...rest] = `\n${content}`.split(`\n--${boundary}`);
  const parts: string[] = [];
  for (const part of rest.slice(0, PARTS_MAX)) {
    if (part.startsWith('--')) break;
    parts.push(part.replace(/^[ \t]*\n/, ''));
  }
  return parts;
}

function decode(content: string, encoding: string | undefined): string {
  if (encoding === 'base64') {
    const clean = content.replace(/[^A-Za-z0-9+/]/g, '');
    return atob(clean.slice(0, clean.length - (clean.length % 4 === 1 ? 1 : 0)));
  }
  if (encoding !== 'quoted-printable') return content;
  return content
    .replace(/[ \t]*=\n/g, '')
    .replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
