/** Any HTTP address: the mapped body as JSON, signed by the Standard Webhooks specification (https://www.standardwebhooks.com). */
import type { JsonValue } from '../../../core/json.js';
import type { Field, Fields } from '../../../core/mapping/field.js';
import { batchId } from '../batch-id.js';
import { type DestinationKind, eachAlone, type SendContext, SendFailure } from '../destination.js';
import { objectOf, requiredText, textOf } from '../read-values.js';
import { requireOk } from '../require-ok.js';
import { signWebhook } from './sign-webhook.js';

const BATCH = { itemsMax: 500, bytesMax: 1024 * 1024 };

const SETTINGS: Fields = {
  url: {
    label: 'Address',
    description: 'Where requests go, such as https://example.com/hooks/tributary.',
    type: 'string',
    format: 'uri',
    required: true,
  },
  method: {
    label: 'Method',
    description: 'HTTP method of the requests.',
    type: 'string',
    choices: ['POST', 'PUT', 'PATCH'].map((value) => ({ value, label: value })),
    default: 'POST',
  },
  secret: {
    label: 'Signing secret',
    description:
      'Signs requests so that the receiver knows who sent them: whsec_ and 24 to 64 bytes as base64. Without it they are not signed.',
    type: 'password',
    secret: true,
  },
  previousSecret: {
    label: 'Former signing secret',
    description:
      'While receivers change over to a new secret, requests carry a signature by the former one too.',
    type: 'password',
    secret: true,
  },
  authorization: {
    label: 'Authorization',
    description: 'Value of the Authorization header, such as "Bearer …".',
    type: 'password',
    secret: true,
  },
  headers: {
    label: 'Headers',
    description: 'Further headers of each request, by their names. No secrets: these are shown.',
    type: 'object',
    additionalProperties: true,
  },
};

const BODY: Field = {
  label: 'Body',
  description: 'What is sent, as JSON. By default the whole event.',
  type: 'object',
  required: true,
  default: { '@path': '$.' },
};

/** `webhook`. */
export const webhook: DestinationKind = {
  kind: 'webhook',
  title: 'Webhook',
  description: 'Sends JSON to an address of your own, signed by the Standard Webhooks specification.',
  docsUrl: 'https://www.standardwebhooks.com',
  categories: ['developer'],
  channel: 'other',
  settings: SETTINGS,
  actions: {
    send: {
      title: 'Send one',
      description: 'One request for each event: its body, with its key in the header webhook-id.',
      fields: { body: BODY },
      ordered: true,
      send: (items, context) =>
        eachAlone(items, async ({ key, payload }) => {
          await post(key, payload.body ?? null, context);
          return { status: 'delivered' };
        }),
    },
    sendBatch: {
      title: 'Send many together',
      description: `One request for up to ${BATCH.itemsMax} events: an array of {"id": its key, "data": its body}.`,
      fields: { body: BODY },
      batch: BATCH,
      ordered: true,
      send: async (items, context) => {
        const bodies = items.map(({ key, payload }) => ({ id: key, data: payload.body ?? null }));
        await post(`batch_${batchId(items.map(({ key }) => key))}`, bodies, context);
        return items.map(() => ({ status: 'delivered' }));
      },
    },
  },
  presets: [
    {
      name: 'Every event',
      action: 'send',
      from: { events: 'anything' },
      mapping: { body: { '@path': '$.' } },
    },
    {
      name: 'Who enters a segment',
      action: 'send',
      from: { when: 'entered' },
      mapping: { body: { '@path': '$.' } },
    },
  ],
  /** A signed request that says so: the receiver takes it for what it is. */
  async test(context) {
    await post(`test_${context.destinationId}`, { type: 'tributary.test' }, context);
  },
};

async function post(id: string, value: JsonValue, context: SendContext): Promise<void> {
  const { settings, now, signal } = context;
  const body = JSON.stringify(value);
  const timestamp = Math.floor(now() / 1000);
  const secrets = [textOf(settings, 'secret'), textOf(settings, 'previousSecret')].filter(
    (secret) => secret !== undefined,
  );
  const headers = headersOf(context);
  headers.set('webhook-id', id);
  headers.set('webhook-timestamp', String(timestamp));
  if (secrets.length > 0) headers.set('webhook-signature', signWebhook({ id, timestamp, body }, secrets));
  // A redirect may turn the request into another one, or carry it where nobody configured it to go.
  const response = await context.fetch(requiredText(settings, 'url'), {
    method: textOf(settings, 'method') ?? 'POST',
    headers,
    body,
    signal,
    redirect: 'manual',
  });
  await requireOk(response, now());
}

function headersOf({ settings }: SendContext): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(objectOf(settings, 'headers') ?? {})) {
    try {
      headers.set(name, String(value));
    } catch (cause) {
      const message = `"${name}" in the setting "headers", or its value, cannot be an HTTP header.`;
      throw new SendFailure({ code: 'settings_invalid', message, retry: false }, { cause });
    }
  }
  headers.set('content-type', 'application/json');
  headers.set('user-agent', 'Tributary');
  const authorization = textOf(settings, 'authorization');
  if (authorization !== undefined) headers.set('authorization', authorization);
  return headers;
}
