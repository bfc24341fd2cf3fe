import { expect, test } from 'vitest';
import type { ShopCall } from '../core/demo/demo-call.js';
import type { Receipt } from './client.js';
import { createShopSender, writeKeyOf } from './shop-sender.js';

const KEYS = { web: 'k-web', app: 'k-app', email: 'k-email', till: 'k-till' };
const call = (messageId: string): ShopCall => ({
  type: 'page',
  messageId,
  timestamp: '2025-01-01T00:00:00Z',
  context: {},
});

test('batches of a hundred, each channel in order and under its own key', async () => {
  const sent: [string, string[]][] = [];
  const sender = createShopSender(
    {
      async sendBatch(writeKey, calls): Promise<Receipt> {
        sent.push([writeKey, (calls as ShopCall[]).map(({ messageId }) => messageId)]);
        return {
          receipt: '',
          accepted: calls.length - 1,
          rejected: [{ index: 0, code: 'x', message: 'No.' }],
        };
      },
    },
    KEYS,
  );
  for (let index = 0; index < 250; index += 1) await sender.send('web', call(`w${index}`));
  await sender.send('till', call('t0'));
  await sender.flush();
  await sender.flush();
  const web = sent.filter(([key]) => key === 'k-web').map(([, ids]) => ids);
  expect(web.map((ids) => ids.length)).toEqual([100, 100, 50]);
  expect(web.flat()).toEqual(Array.from({ length: 250 }, (_, index) => `w${index}`));
  expect(sent).toContainEqual(['k-till', ['t0']]);
  expect([sender.accepted, sender.rejected, sender.complaint]).toEqual([247, 4, 'No.']);
});

test('a failed batch is told at the next call, and nothing more is sent', async () => {
  let tries = 0;
  const sender = createShopSender(
    {
      async sendBatch(): Promise<Receipt> {
        tries += 1;
        throw new Error('away');
      },
    },
    KEYS,
  );
  await sender.send('web', call('1'));
  await expect(sender.flush()).rejects.toThrow('away');
  await sender.send('web', call('2'));
  await expect(sender.flush()).rejects.toThrow('away');
  expect(tries).toBe(1);
});

test('a source is taken by name when its key is shown, else made', async () => {
  const made: string[] = [];
  const client = {
    createSource: async (name: string, kind: string) => {
      made.push(name);
      return { id: 'n', name, kind, writeKey: 'new' };
    },
  } as unknown as Parameters<typeof writeKeyOf>[0];
  expect(await writeKeyOf(client, [{ id: '1', name: 'a', kind: 'web', writeKey: 'old' }], 'a', 'web')).toBe(
    'old',
  );
  expect(await writeKeyOf(client, [{ id: '1', name: 'a', kind: 'web' }], 'a', 'web')).toBe('new');
  expect(made).toEqual(['a']);
});
