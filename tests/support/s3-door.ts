/** A store that speaks as much of S3 as putting and asking for objects takes, and checks signatures (AWS Signature Version 4) by itself. */
import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An object as it is kept. */
export interface StoredObject {
  readonly content: Buffer;
  readonly type: string | undefined;
  /** How often it was put. */
  readonly times: number;
}

/** The store, open. */
export interface S3Door {
  readonly endpoint: string;
  /** By `bucket/key`. */
  readonly objects: Map<string, StoredObject>;
  /** What is answered instead, while there is something. */
  trouble: number | 'stored, and then no answer' | undefined;
  close(): Promise<void>;
}

/** Opens it, for one key. */
export async function openS3Door(
  keys: Readonly<Record<string, string>>,
  buckets: readonly string[],
): Promise<S3Door> {
  const objects = new Map<string, StoredObject>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const refuse = (status: number, code: string) =>
      response
        .writeHead(status, { 'content-type': 'application/xml' })
        .end(`<Error><Code>${code}</Code></Error>`);
    if (!isSigned(request, body, keys)) return refuse(403, 'SignatureDoesNotMatch');
    if (typeof door.trouble === 'number') return refuse(door.trouble, 'Trouble');
    const [bucket = '', ...rest] = decodeURIComponent(request.url ?? '')
      .slice(1)
      .split('/');
    const name = `${bucket}/${rest.join('/')}`;
    if (!buckets.includes(bucket)) return refuse(404, 'NoSuchBucket');
    const found = objects.get(name);
    if (request.method === 'PUT') {
      objects.set(name, {
        content: body,
        type: request.headers['content-type'],
        times: (found?.times ?? 0) + 1,
      });
      if (door.trouble !== undefined) return request.socket.destroy();
    } else if (name !== `${bucket}/` && found === undefined) return refuse(404, 'NoSuchKey');
    response.end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const door: S3Door = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    trouble: undefined,
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
  return door;
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/;

/** By the words of the specification: canonical request, string to sign, derived key. */
function isSigned(request: IncomingMessage, body: Buffer, keys: Readonly<Record<string, string>>): boolean {
  const { headers, method, url = '' } = request;
  const [, id = '', day = '', region = '', names = '', signature] =
    AUTHORIZATION.exec(headers.authorization ?? '') ?? [];
  const secret = keys[id];
  const at = String(headers['x-amz-date']);
  if (secret === undefined || !at.startsWith(day) || headers['x-amz-content-sha256'] !== sha256(body))
    return false;
  if (!['host', 'x-amz-content-sha256', 'x-amz-date'].every((name) => names.split(';').includes(name)))
    return false;
  const [path = '', query = ''] = url.split('?');
  const signed = names.split(';').map((name) => `${name}:${String(headers[name]).trim()}\n`);
  const canonical = [method, path, query, signed.join(''), names, sha256(body)].join('\n');
  const toSign = [
    'AWS4-HMAC-SHA256',
    at,
    `${day}/${region}/s3/aws4_request`,
    sha256(Buffer.from(canonical)),
  ].join('\n');
  const key = [day, region, 's3', 'aws4_request'].reduce<Buffer | string>(
    (made, part) => hmac(made, part),
    `AWS4${secret}`,
  );
  return hmac(key, toSign).toString('hex') === signature;
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
