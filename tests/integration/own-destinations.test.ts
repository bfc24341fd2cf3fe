/** Files of people's own destinations, loaded as the activate worker loads them: compiled code, plain Node, a thread. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compileInto, firstLine, killGroup, runScript } from '../support/own-process.js';

let dir = '';
let dist = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tributary-own-'));
  dist = await compileInto(dir, [
    'activate/own/own-folder.ts',
    'activate/destination.ts',
    'activate/test-kit.ts',
  ]);
  await mkdir(join(dir, 'destinations'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const put = (name: string, text: string) => writeFile(join(dir, 'destinations', name), text);

/** Runs the body in a worker thread, with `folder`, `kit` and `write(name, text)` at hand; it returns what is to be told. */
async function inThread<Told>(body: string): Promise<Told> {
  await writeFile(
    join(dir, 'thread.mjs'),
    `import { parentPort } from 'node:worker_threads';
     import { writeFile } from 'node:fs/promises';
     import { setTimeout as sleep } from 'node:timers/promises';
     import { openOwnFolder } from '${dist}/activate/own/own-folder.js';
     import * as kit from '${dist}/activate/test-kit.js';
     import { SendFailure } from '${dist}/activate/destination.js';
     const events = [];
     const folder = openOwnFolder('${dir}/destinations', (event) => events.push({ ...event, message: event.message.split('\\n')[0] }));
     const write = async (name, text) => { await writeFile('${dir}/destinations/' + name, text); await sleep(600); };
     const run = async () => { ${body} };
     const told = await run().catch((error) => ({ error: String(error.stack) }));
     parentPort.postMessage(JSON.parse(JSON.stringify(told)));`,
  );
  const child = runScript(
    dir,
    `import { Worker } from 'node:worker_threads';
     const worker = new Worker('${dir}/thread.mjs');
     worker.on('message', (told) => console.log(JSON.stringify(told)));
     worker.on('error', (error) => console.log(JSON.stringify({ died: String(error) })));`,
  );
  try {
    return await firstLine<Told>(child);
  } finally {
    if (child.exitCode === null) await killGroup(child);
  }
}

const LOYALTY = `
import { type OwnDestination, eachAlone, requireOk, requiredText, type SendItem } from 'tributary/destination';
import { points } from './_points.ts';

interface Answer { readonly ok: boolean }

export default {
  title: 'Loyalty',
  description: 'Points for orders.',
  settings: { url: { label: 'Address', description: 'Of the API.', type: 'string', required: true } },
  actions: {
    give: {
      title: 'Give points',
      description: 'Points for one order.',
      fields: { card: { label: 'Card', description: 'Number.', type: 'string', required: true } },
      send: (items: readonly SendItem[], context) =>
        eachAlone(items, async ({ key, payload }) => {
          const body = JSON.stringify({ card: requiredText(payload, 'card'), points: points(3) } as object);
          await requireOk(await context.fetch(requiredText(context.settings, 'url'), { method: 'POST', body, headers: { 'idempotency-key': key } }), context.now());
          return { status: 'delivered' };
        }),
    },
  },
} satisfies OwnDestination;
`;

test('a file is a destination, in TypeScript and with what lies beside it', async () => {
  await put('loyalty.ts', LOYALTY);
  await put('_points.ts', 'export const points = (n: number): number => n * 10;');
  await put('loyalty.test.ts', 'throw new Error("a test is no destination");');
  const told = await inThread<Record<string, unknown>>(`
    const kind = await folder.find('own/loyalty');
    const context = kit.testContext({ settings: { url: 'https://api.example/points' } });
    const item = kit.testItem({ card: '7' });
    const results = await kind.actions.give.send([item, kit.testItem({})], context);
    return { kind, results, body: context.requests[0].json(), key: context.requests[0].headers['idempotency-key'] === item.key,
      none: await folder.find('own/nobody') ?? null, other: await folder.find('webhook') ?? null, names: (await folder.list()).map(({ name }) => name) };`);
  expect(told).toMatchObject({
    kind: { kind: 'own/loyalty', channel: 'other', presets: [], actions: { give: { ordered: false } } },
    results: [
      { status: 'delivered' },
      { status: 'failed', code: 'field_missing', message: '"card" is empty.' },
    ],
    body: { card: '7', points: 30 },
    key: true,
    none: null,
    other: null,
    names: ['loyalty'],
  });
});

test('a change is in force with the next send, also of what lies beside; a mistake is told, and mended', async () => {
  await put('loyalty.ts', LOYALTY);
  await put('_points.ts', 'export const points = (n: number): number => n * 10;');
  const told = await inThread<Record<string, unknown>>(`
    const kind = await folder.find('own/loyalty');
    const context = kit.testContext({ settings: { url: 'https://api.example/points' } });
    const send = () => kind.actions.give.send([kit.testItem({ card: '7' })], context).catch((error) => error instanceof SendFailure ? error.failure : String(error));
    const seen = [];
    await send();
    await write('_points.ts', 'export const points = (n: number): number => n * 100;');
    await send();
    await write('_points.ts', 'export const points = (n: number): number => n *;');
    const failure = await send();
    const listed = (await folder.list())[0].error;
    await write('_points.ts', 'export const points = () => 1;');
    await send();
    return { points: context.requests.map((request) => request.json().points), failure, listed };`);
  expect(told).toMatchObject({ points: [30, 300, 1], failure: { code: 'destination_broken', retry: true } });
  expect(told.listed).toMatch(/_points\.ts:1:49: .*Expression expected/s);
});

test.each([
  ['no-export.ts', 'export const x = 1;', /the default export must be an object/],
  ['typo.ts', LOYALTY.replace('title:', 'tilte:'), /tilte means nothing here[\s\S]*title must be a text/],
  ['enums.ts', 'enum Colour { Red } export default {};', /enums\.ts:1:1: .*enum/],
  ['throws.js', 'throw new Error("not today");', /not today/],
  ['missing.mjs', 'import "./nothing.js"; export default {};', /nothing\.js/],
  [
    'field.ts',
    LOYALTY.replace("type: 'string', required: true } },\n  actions", "type: 'strnig' } },\n  actions"),
    /settings\.url\.type must be one of string, text/,
  ],
])('%s says what to mend, and leaves the others alone', async (file, text, message) => {
  await put('loyalty.ts', LOYALTY);
  await put('_points.ts', 'export const points = (n: number): number => n * 10;');
  await put(file, text);
  const name = file.replace(/\..*/, '');
  const listed = await inThread<{ name: string; error?: string }[]>('return folder.list();');
  await rm(join(dir, 'destinations', file));
  expect(listed.find((found) => found.name === name)?.error).toMatch(message);
  expect(listed.find((found) => found.name === 'loyalty')?.error).toBeUndefined();
});

test('what a file leaves running, and fails, ends nothing', async () => {
  const stray = `setTimeout(() => { throw new Error('in a timer'); }, 10);
    Promise.reject(new Error('not awaited'));`;
  await put('stray.ts', LOYALTY.replace('export default', `${stray}\nexport default`));
  await put('_points.ts', 'export const points = (n: number): number => n * 10;');
  const told = await inThread(`await folder.find('own/stray'); await sleep(100); return events;`);
  await rm(join(dir, 'destinations', 'stray.ts'));
  const event = { name: 'own_destination_failed', destination: '' };
  expect(told).toEqual([
    { ...event, message: 'Error: not awaited' },
    { ...event, message: 'Error: in a timer' },
  ]);
  const ours = await inThread(
    `await folder.find('own/loyalty'); setTimeout(() => { throw new Error('ours'); }, 1); await sleep(1000);`,
  );
  expect(ours).toEqual({ died: 'Error: ours' });
});
