import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../core/json.js';
import { type TestContextOptions, testContext, testItem } from '../test-kit.js';
import { slack } from './slack.js';

const HOOK = 'https://hooks.slack.com/services/T0/B0/x';
const BOT: JsonObject = { token: 'xoxb-1', channel: 'C1' };

async function send(payload: JsonObject, given: TestContextOptions) {
  const context = testContext(given);
  const results = await slack.actions.send?.send([testItem(payload)], context);
  return { result: results?.[0], requests: context.requests };
}

const saying = (body: JsonObject, init?: ResponseInit) => () => Response.json(body, init);

describe('an incoming webhook', () => {
  test('gets the text, in which no value can call everybody', async () => {
    const { result, requests } = await send(
      { text: '*Ann* <!channel> & co' },
      { settings: { webhookUrl: HOOK }, answer: () => new Response('ok') },
    );
    expect(result).toEqual({ status: 'delivered' });
    expect(requests.map(({ url, method }) => [method, url])).toEqual([['POST', HOOK]]);
    expect(requests[0]?.json()).toEqual({ text: '*Ann* &lt;!channel&gt; &amp; co' });
  });

  test('that asks for patience gets it', async () => {
    const answer = () => new Response('slow down', { status: 429, headers: { 'retry-after': '30' } });
    const { result } = await send({ text: 'x' }, { settings: { webhookUrl: HOOK }, answer });
    expect(result).toMatchObject({ code: 'http_429', retry: true, retryAfterMs: 30_000 });
  });

  test('that is no more is told when it is tried', async () => {
    const gone = testContext({
      settings: { webhookUrl: HOOK },
      answer: () => new Response('no_service', { status: 404 }),
    });
    await expect(slack.test?.(gone)).rejects.toThrow('no_service');
    const there = testContext({
      settings: { webhookUrl: HOOK },
      answer: () => new Response('no_text', { status: 400 }),
    });
    await expect(slack.test?.(there)).resolves.toBeUndefined();
  });
});

describe('a bot', () => {
  test('writes to the channel of the message, else of the settings', async () => {
    const blocks = [{ type: 'divider' }];
    const given = { settings: BOT, answer: saying({ ok: true, ts: '1' }) };
    const own = await send({ text: '<https://a.b|a>', markup: true, channel: 'C2', blocks }, given);
    expect(own.result).toEqual({ status: 'delivered' });
    expect(own.requests[0]).toMatchObject({
      url: 'https://slack.com/api/chat.postMessage',
      headers: { authorization: 'Bearer xoxb-1' },
    });
    expect(own.requests[0]?.json()).toEqual({ channel: 'C2', text: '<https://a.b|a>', blocks });
    const other = await send({ text: 'x' }, given);
    expect(other.requests[0]?.json()).toMatchObject({ channel: 'C1' });
  });

  test.each([
    ['channel_not_found', { code: 'slack_channel_not_found', retry: false }],
    ['token_revoked', { code: 'auth_failed', retry: true }],
    ['internal_error', { code: 'slack_internal_error', retry: true }],
  ])('is refused with 200 and "%s"', async (error, failure) => {
    const { result } = await send({ text: 'x' }, { settings: BOT, answer: saying({ ok: false, error }) });
    expect(result).toMatchObject({ status: 'failed', ...failure });
  });

  test('that gets no sense out of Slack tries again', async () => {
    const { result } = await send({ text: 'x' }, { settings: BOT, answer: () => new Response('<html>') });
    expect(result).toMatchObject({ code: 'slack_no_answer', retry: true });
  });

  test('is tried without writing anything', async () => {
    const context = testContext({ settings: BOT, answer: saying({ ok: true }) });
    await slack.test?.(context);
    expect(context.requests.map(({ url }) => url)).toEqual(['https://slack.com/api/auth.test']);
  });
});

test('a dry run takes any answer for success; without a text there is no message', async () => {
  const { result, requests } = await send({ text: 'x' }, { settings: BOT, dryRun: true });
  expect(result).toEqual({ status: 'delivered' });
  expect(requests).toHaveLength(1);
  expect((await send({ text: '' }, { settings: BOT })).result).toMatchObject({ code: 'field_missing' });
});
