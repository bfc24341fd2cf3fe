/** Files in buckets of S3, and of whatever else speaks its protocol. */
import { createHash } from 'node:crypto';
import { AwsV4Signer } from 'aws4fetch';
import { httpFailure } from '../../../core/delivery/classify.js';
import type { JsonObject } from '../../../core/json.js';
import type { Fields } from '../../../core/mapping/field.js';
import { folderFault } from '../../../core/rows/object-name.js';
import type { DestinationKind, SendContext } from '../destination.js';
import { SendFailure } from '../destination.js';
import { requiredText, textOf } from '../read-values.js';
import { FILE_FIELDS, FILE_OPTIONS } from './file-fields.js';
import { FILE_BATCH, FILES_PRESETS } from './file-presets.js';
import { type FileStore, writeRows } from './write-rows.js';

const SHOWN_CHARS_MAX = 300;

const SETTINGS: Fields = {
  bucket: { label: 'Bucket', description: 'Its name.', type: 'string', required: true },
  region: { label: 'Region', description: 'Such as eu-central-1.', type: 'string', required: true },
  accessKeyId: { label: 'Access key', description: 'Its id.', type: 'string', required: true },
  secretAccessKey: {
    label: 'Secret access key',
    description: 'It may PutObject, GetObject and ListBucket: what is there is not written a second time.',
    type: 'password',
    secret: true,
    required: true,
  },
  sessionToken: { label: 'Session token', description: 'Of temporary keys.', type: 'password', secret: true },
  endpoint: {
    label: 'Endpoint',
    description: 'Address of a store that is not of AWS, such as https://minio.example.com.',
    type: 'string',
    format: 'uri',
  },
  pathStyle: {
    label: 'Bucket in the path',
    description:
      'Whether the bucket stands in the path of addresses, and not before the host. By default only with an endpoint.',
    type: 'boolean',
  },
  prefix: { label: 'Prefix', description: 'Stands before all names, such as exports/shop.', type: 'string' },
};

/** `s3`. */
export const s3: DestinationKind = {
  kind: 's3',
  title: 'S3',
  description: 'Writes batches of rows to objects of S3 or a compatible store: JSON lines, CSV or Parquet.',
  docsUrl: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html',
  categories: ['files'],
  channel: 'other',
  settings: SETTINGS,
  actions: {
    write: {
      title: 'Write objects',
      description:
        'An object for each batch, with a row for each delivery and its key in the column delivery_key.',
      fields: FILE_FIELDS,
      options: FILE_OPTIONS,
      batch: FILE_BATCH,
      ordered: false,
      takesSnapshots: true,
      send: (items, context) => writeRows(items, new Bucket(context), context),
    },
  },
  presets: FILES_PRESETS,
  /** Asks for the bucket, and writes nothing. */
  async test(context) {
    await new Bucket(context).knock();
  },
};

class Bucket implements FileStore {
  readonly #context: SendContext;

  constructor(context: SendContext) {
    this.#context = context;
  }

  async knock(): Promise<void> {
    await this.#succeeded(await this.#request('HEAD', ''));
  }

  async exists(name: string): Promise<boolean> {
    const response = await this.#request('HEAD', this.#key(name));
    await response.text();
    // Without the right to list, S3 does not tell what is not there from what may not be seen: then it is written again.
    if (response.status === 404 || response.status === 403) return false;
    await this.#succeeded(response);
    return true;
  }

  async put(name: string, content: Uint8Array, type: string): Promise<void> {
    await this.#succeeded(await this.#request('PUT', this.#key(name), content, type));
  }

  #key(name: string): string {
    const prefix = textOf(this.#context.settings, 'prefix');
    if (prefix === undefined) return name;
    const fault = folderFault(prefix);
    if (fault === undefined) return `${prefix}/${name}`;
    throw new SendFailure({ code: 'settings_invalid', message: `"prefix": ${fault}`, retry: false });
  }

  async #request(method: string, key: string, body?: Uint8Array, type?: string): Promise<Response> {
    const { settings, fetch, signal, now } = this.#context;
    const sessionToken = textOf(settings, 'sessionToken');
    const signer = new AwsV4Signer({
      method,
      url: objectUrl(settings, key),
      headers: {
        'x-amz-content-sha256': createHash('sha256')
          .update(body ?? '')
          .digest('hex'),
        ...(type === undefined ? {} : { 'content-type': type }),
      },
      accessKeyId: requiredText(settings, 'accessKeyId'),
      secretAccessKey: requiredText(settings, 'secretAccessKey'),
      ...(sessionToken === undefined ? {} : { sessionToken }),
      service: 's3',
      region: requiredText(settings, 'region'),
      datetime: new Date(now()).toISOString().replace(/[-:]|\.\d+/g, ''),
    });
    const { url, headers } = await signer.sign();
    return await fetch(url, {
      method,
      headers,
      signal,
      redirect: 'manual',
      ...(body === undefined ? {} : { body }),
    });
  }

  async #succeeded(response: Response): Promise<void> {
    const text = await response.text().catch(() => '');
    if (response.ok) return;
    const { status, headers } = response;
    const detail = text.replace(/\s+/g, ' ').slice(0, SHOWN_CHARS_MAX);
    const failure = httpFailure(status, {
      retryAfter: headers.get('retry-after'),
      detail,
      now: this.#context.now(),
    });
    // Keys, rights and buckets are put right by a person, and then what waits is written.
    throw new SendFailure({ ...failure, retry: true });
  }
}

/** An object's address; of the bucket itself for an empty key. */
function objectUrl(settings: JsonObject, key: string): string {
  const endpoint = textOf(settings, 'endpoint');
  const bucket = requiredText(settings, 'bucket');
  const base = new URL(endpoint ?? `https://s3.${requiredText(settings, 'region')}.amazonaws.com`);
  const isInPath = typeof settings.pathStyle === 'boolean' ? settings.pathStyle : endpoint !== undefined;
  if (!isInPath) base.hostname = `${bucket}.${base.hostname}`;
  const path = [...(isInPath ? [bucket] : []), ...key.split('/')].map(encoded).join('/');
  return `${base.origin}${base.pathname.replace(/\/$/, '')}/${path}`;
}

/** As S3 wants it signed: all but the characters that need no quoting (RFC 3986). */
function encoded(segment: string): string {
  return encodeURIComponent(segment).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
