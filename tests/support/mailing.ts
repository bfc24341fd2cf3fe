/** The e-mail destination at work with a real mail server. */
import { onTestFinished } from 'vitest';
import type { SendContext, SendResult } from '../../src/activate/destinations/destination.js';
import { email } from '../../src/activate/destinations/email/email.js';
import {
  type TestContext,
  type TestContextOptions,
  testContext,
  testItem,
} from '../../src/activate/test-kit.js';
import type { JsonObject } from '../../src/core/json.js';
import { type MailServer, type MailServerOptions, startMailServer } from './mail-server.js';

/** What messages say where a test does not care. */
export const OPTIONS: JsonObject = {
  subject: 'Hello {{ traits.first_name | default: "there" }}',
  html: '<p>Hi <b>{{ traits.first_name | default: "there" }}</b>, <a href="https://shop.example/k?a=1&amp;b=2">a kettle</a></p>',
};

/** A server, and a context whose settings lead to it. */
export interface Mailing {
  readonly server: MailServer;
  readonly context: TestContext;
}

/** Starts a server for one test. */
export async function world(
  server: MailServerOptions = {},
  { settings, options, answer }: TestContextOptions = {},
): Promise<Mailing> {
  const started = await startMailServer(server);
  onTestFinished(started.stop);
  const context = testContext({
    settings: {
      host: 'localhost',
      port: started.port,
      security: 'none',
      from: 'Tee & Kännchen <shop@shop.example>',
      ...settings,
    },
    options: { ...OPTIONS, ...options },
    ...(answer === undefined ? {} : { answer }),
  });
  return { server: started, context: { ...context, resolve: async () => '127.0.0.1' } };
}

/** A message to Ann. */
export const ann = (payload: JsonObject = {}) => testItem({ to: 'ann@example.com', ...payload });

/** Sends messages. */
export async function send(
  { context }: { readonly context: SendContext },
  ...items: ReturnType<typeof ann>[]
): Promise<readonly SendResult[]> {
  const action = email.actions.send;
  if (action === undefined) throw new Error('no action');
  return action.send(items, context);
}
