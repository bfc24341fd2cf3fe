/** Messages in Slack: by an incoming webhook, which leads to one channel, or by a bot, which may write to any that it is in. */
import { isObject, type JsonObject } from '../../core/json.js';
import type { Fields } from '../../core/mapping/field.js';
import { type DestinationKind, eachAlone, type SendContext, SendFailure } from './destination.js';
import { requiredText, textOf } from './read-values.js';
import { requireOk } from './require-ok.js';

const API = 'https://slack.com/api/';
/** Slack cuts longer ones off. */
const TEXT_CHARS_MAX = 40_000;

const SETTINGS: Fields = {
  webhookUrl: {
    label: 'Incoming webhook',
    description:
      'Address of an incoming webhook, https://hooks.slack.com/services/…, which leads to one channel.',
    type: 'password',
    format: 'uri',
    secret: true,
  },
  token: {
    label: 'Bot token',
    description: 'Instead of a webhook: the token of a bot, xoxb-…, with the scope chat:write.',
    type: 'password',
    secret: true,
  },
  channel: {
    label: 'Channel',
    description: 'Where a bot writes, such as C0123456789, unless a message says otherwise.',
    type: 'string',
  },
};

const FIELDS: Fields = {
  text: {
    label: 'Text',
    description: 'The message. With blocks: what notifications show.',
    type: 'text',
    required: true,
  },
  channel: {
    label: 'Channel',
    description: 'Instead of the one of the settings; only for a bot.',
    type: 'string',
  },
  blocks: {
    label: 'Blocks',
    description: 'The message as blocks of the Block Kit.',
    type: 'object',
    multiple: true,
    additionalProperties: true,
  },
  markup: {
    label: 'Links and mentions',
    description:
      'Lets the text hold links, mentions and calls to everybody (<https://…|text>, <@U…>, <!channel>). Only where no value in it comes from outside.',
    type: 'boolean',
    default: false,
  },
};

/** Errors that pass by themselves. */
const PASSING = new Set([
  'ratelimited',
  'rate_limited',
  'message_limit_exceeded',
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
]);
/** A token that is put right sends what waits. */
const NOT_LET_IN = new Set([
  'invalid_auth',
  'not_authed',
  'account_inactive',
  'token_revoked',
  'token_expired',
]);

/** `slack`. */
export const slack: DestinationKind = {
  kind: 'slack',
  title: 'Slack',
  description: 'Writes messages to channels, by an incoming webhook or a bot.',
  docsUrl: 'https://docs.slack.dev/reference/methods/chat.postMessage',
  categories: ['team'],
  channel: 'other',
  settings: SETTINGS,
  actions: {
    send: {
      title: 'Write a message',
      description: 'One message to one channel.',
      fields: FIELDS,
      ordered: false,
      send: (items, context) =>
        eachAlone(items, async ({ payload }) => {
          await write(messageOf(payload), payload, context);
          return { status: 'delivered' };
        }),
    },
  },
  presets: [
    {
      name: 'Who enters a segment',
      action: 'send',
      from: { audience: true },
      mapping: { text: { '@template': '{{properties.audience_key}}: {{profile.id}}' } },
    },
  ],
  async test(context) {
    const { settings, now } = context;
    if (textOf(settings, 'token') !== undefined) return await call('auth.test', {}, context);
    // Slack refuses an empty message only once it knows the address.
    const response = await post(requiredText(settings, 'webhookUrl'), {}, {}, context);
    if (response.status !== 400) await requireOk(response, now());
  },
};

function messageOf(payload: JsonObject): JsonObject {
  const text = requiredText(payload, 'text').slice(0, TEXT_CHARS_MAX);
  return {
    text: payload.markup === true ? text : escapeMarkup(text),
    ...(Array.isArray(payload.blocks) ? { blocks: payload.blocks } : {}),
  };
}

async function write(message: JsonObject, payload: JsonObject, context: SendContext): Promise<void> {
  const { settings, now } = context;
  if (textOf(settings, 'token') === undefined) {
    await requireOk(await post(requiredText(settings, 'webhookUrl'), message, {}, context), now());
    return;
  }
  const channel = textOf(payload, 'channel') ?? requiredText(settings, 'channel');
  await call('chat.postMessage', { ...message, channel }, context);
}

/** The API answers 200 also to what it refuses, and says so in the body. */
async function call(method: string, body: JsonObject, context: SendContext): Promise<void> {
  const { settings, now, dryRun } = context;
  const headers = { authorization: `Bearer ${textOf(settings, 'token')}` };
  const response = await post(`${API}${method}`, body, headers, context);
  const text = await requireOk(response, now());
  if (dryRun) return;
  const answer = parsed(text);
  if (answer?.ok === true) return;
  const error = (answer !== undefined && textOf(answer, 'error')) || 'no_answer';
  const notLetIn = NOT_LET_IN.has(error);
  throw new SendFailure({
    code: notLetIn ? 'auth_failed' : `slack_${error}`,
    message: `Slack refuses it: ${error}.`,
    retry: notLetIn || PASSING.has(error) || error === 'no_answer',
  });
}

function post(
  url: string,
  body: JsonObject,
  headers: Record<string, string>,
  { fetch, signal }: SendContext,
) {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(body),
    signal,
    redirect: 'manual',
  });
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** As Slack wants text that is no markup. */
function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
