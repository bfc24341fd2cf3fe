/** What `tributary destination new` writes: a destination that works, and its test. docs/write-a-destination.md goes through it. */

/**
 * For editors, and for whoever checks types; the server needs none of it.
 * @param packageDir from the folder to where this program is installed.
 */
export function scaffoldTsconfig(packageDir: string): string {
  const compilerOptions = {
    ...{
      target: 'ES2022',
      lib: ['ES2023', 'DOM'],
      module: 'ESNext',
      moduleResolution: 'bundler',
      strict: true,
      noEmit: true,
    },
    ...{
      allowImportingTsExtensions: true,
      verbatimModuleSyntax: true,
      erasableSyntaxOnly: true,
      skipLibCheck: true,
    },
    types: ['node'],
    typeRoots: [`${packageDir}/node_modules/@types`],
    paths: {
      'tributary/destination': [`${packageDir}/dist/activate/destination.d.ts`],
      'tributary/destination-test-kit': [`${packageDir}/dist/activate/test-kit.d.ts`],
    },
  };
  return `${JSON.stringify({ compilerOptions, include: ['*.ts'] }, null, 2)}\n`;
}

/** @param name in kebab-case */
export function scaffold(name: string): { readonly source: string; readonly test: string } {
  const title = name.replaceAll('-', ' ').replace(/^./, (letter) => letter.toUpperCase());
  return { source: source(title), test: test(name) };
}

const source = (
  title: string,
) => `import { eachAlone, type OwnDestination, requiredText, requireOk } from 'tributary/destination';

export default {
  title: '${title}',
  description: 'One sentence about what it sends, and where.',
  settings: {
    url: { label: 'Address', description: 'Of the tool, such as https://api.example.com.', type: 'string', required: true },
    apiKey: { label: 'API key', description: 'From the settings of the tool.', type: 'password', required: true, secret: true },
  },
  actions: {
    upsertContact: {
      title: 'Update a contact',
      description: 'Makes the contact if there is none, and updates what is given.',
      // Each field has a mapping that fills it, unless a connection says otherwise.
      fields: {
        email: {
          label: 'E-mail',
          description: 'Who it is about.',
          type: 'string',
          required: true,
          default: { '@path': '$.profile.identifiers.email[0]' },
        },
        traits: {
          label: 'Traits',
          description: 'What is known of the contact.',
          type: 'object',
          additionalProperties: true,
          default: { '@path': '$.profile.traits' },
        },
      },
      // The suppression lists are asked about what is in these fields.
      addressFields: ['email'],
      send: (items, context) =>
        eachAlone(items, async ({ key, payload }) => {
          const { settings, fetch, now, signal } = context;
          const response = await fetch(\`\${requiredText(settings, 'url')}/contacts\`, {
            method: 'PUT',
            headers: {
              authorization: \`Bearer \${requiredText(settings, 'apiKey')}\`,
              'content-type': 'application/json',
              // The same for every attempt: a tool that knows such keys does nothing twice.
              'idempotency-key': key,
            },
            body: JSON.stringify(payload),
            signal,
          });
          await requireOk(response, now());
          return { status: 'delivered' };
        }),
    },
  },
} satisfies OwnDestination;
`;

const test = (name: string) => `import assert from 'node:assert/strict';
import test from 'node:test';
import { testContext, testItem } from 'tributary/destination-test-kit';
import destination from './${name}.ts';

const settings = { url: 'https://api.example.com', apiKey: 'secret' };
const { send } = destination.actions.upsertContact;

test('a contact is put', async () => {
  const context = testContext({ settings });
  const item = testItem({ email: 'ann@example.com', traits: { plan: 'pro' } });
  assert.deepEqual(await send([item], context), [{ status: 'delivered' }]);
  const [request] = context.requests;
  assert.equal(request?.url, 'https://api.example.com/contacts');
  assert.equal(request?.headers['idempotency-key'], item.key);
  assert.deepEqual(request?.json(), { email: 'ann@example.com', traits: { plan: 'pro' } });
});

test('a tool that is busy is asked again, and one that refuses is not', async () => {
  const busy = testContext({ settings, answer: () => new Response('later', { status: 429, headers: { 'retry-after': '5' } }) });
  const [later] = await send([testItem({ email: 'ann@example.com' })], busy);
  assert.deepEqual(later, { status: 'failed', code: 'http_429', message: 'The tool answered 429: later', retry: true, retryAfterMs: 5000 });
  const refusing = testContext({ settings, answer: () => new Response('no', { status: 400 }) });
  const [never] = await send([testItem({ email: 'ann@example.com' })], refusing);
  assert.equal(never?.status === 'failed' && never.retry, false);
});
`;
