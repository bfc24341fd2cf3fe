import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { EVENT_TYPES } from '../core/event/event.js';
import type { JsonObject, JsonValue } from '../core/json.js';

import { action, UsageError } from './action.js';
import type { Client, ServerOptions } from './client.js';
import { createClient, withServerOptions } from './client.js';
import { writeKeyOf } from './shop-sender.js';

interface SendOptions extends ServerOptions {
  readonly user?: string;
  readonly anonymous?: string;
  readonly group?: string;
  readonly previous?: string;
  readonly property?: readonly string[];
  readonly trait?: readonly string[];
  readonly timestamp?: string;
  readonly messageId?: string;
  readonly json?: string;
  readonly source?: string;
  readonly writeKey?: string;
}

const OWN_SOURCE = 'Command line';

/** `tributary send`: sends one call, or a few as JSON, and prints the receipt. */
export function registerSend(program: Command): void {
  const collect = (value: string, before: readonly string[] = []) => [...before, value];
  const command = program
    .command('send')
    .description('send one call and print the receipt')
    .argument('[type]', `${EVENT_TYPES.join(', ')}; or - to read calls as JSON from standard input`)
    .argument('[name]', 'name of the event, page or screen')
    .option('--user <id>', 'userId')
    .option('--anonymous <id>', 'anonymousId')
    .option('--group <id>', 'groupId, for group')
    .option('--previous <id>', 'previousId, for alias')
    .option('--property <key=value>', 'a property; may be given again; JSON values are read as such', collect)
    .option('--trait <key=value>', 'a trait of the person, or of the group; may be given again', collect)
    .option('--timestamp <time>', 'when it happened (ISO 8601)')
    .option('--message-id <id>', 'the id by which repeats are known')
    .option('--json <calls>', 'the call as JSON, or an array of calls')
    .option(
      '--source <name>',
      `name or id of the source to send as (default: "${OWN_SOURCE}", made when missing)`,
    )
    .option('--write-key <key>', 'write key of the source; then no admin token is needed')
    .addHelpText('after', EXAMPLES);
  withServerOptions(command).action(action(runSend));
}

const EXAMPLES = `
Examples:
  tributary send identify --user 42 --trait email=ada@example.com
  tributary send track "Order Completed" --user 42 --property total=12.5 --property currency=EUR
  echo '{"type":"page","name":"Home","anonymousId":"a1"}' | tributary send -`;

async function runSend(
  type: string | undefined,
  name: string | undefined,
  options: SendOptions,
): Promise<void> {
  const calls = await readCalls(type, name, options);
  const client = createClient(options);
  const receipt = await client.sendBatch(
    options.writeKey ?? (await findWriteKey(client, options.source)),
    calls,
  );
  process.stdout.write(`${JSON.stringify(receipt, null, 2)}\n`);
  if (receipt.rejected.length > 0) process.exitCode = 1;
}

async function readCalls(
  type: string | undefined,
  name: string | undefined,
  options: SendOptions,
): Promise<JsonValue[]> {
  const json = options.json === '-' || type === '-' ? await text(process.stdin) : options.json;
  if (json !== undefined) return parseCalls(json);
  if (type === undefined)
    throw new UsageError(`Give a type (${EVENT_TYPES.join(', ')}), --json, or - for standard input.`);
  return [callFrom(type, name, options)];
}

/** Reads a call, or an array of calls, from JSON text. What they hold is for the server to judge. */
export function parseCalls(json: string): JsonValue[] {
  try {
    const value = JSON.parse(json) as JsonValue;
    return Array.isArray(value) ? value : [value];
  } catch (error) {
    throw new UsageError(
      `That is not JSON: ${(error as SyntaxError).message}. Give one call, or an array of calls.`,
    );
  }
}

/** Builds a call from the options. Traits of a call that carries none of its own go into its context. */
export function callFrom(type: string, name: string | undefined, options: SendOptions): JsonObject {
  const traits = pairs('--trait', options.trait);
  const own = type === 'identify' || type === 'group';
  const fields: Record<string, JsonValue | undefined> = {
    type,
    [type === 'track' ? 'event' : 'name']: name,
    userId: options.user,
    anonymousId: options.anonymous,
    groupId: options.group,
    previousId: options.previous,
    messageId: options.messageId,
    timestamp: options.timestamp,
    properties: pairs('--property', options.property),
    traits: own ? traits : undefined,
    context: traits !== undefined && !own ? { traits } : undefined,
  };
  return Object.fromEntries(
    Object.entries(fields).filter((field): field is [string, JsonValue] => field[1] !== undefined),
  );
}

/** `total=12.5` becomes a number, `zip=01234` stays a text: a value that is JSON is read as JSON. */
function pairs(option: string, given: readonly string[] | undefined): JsonObject | undefined {
  if (given === undefined) return undefined;
  return Object.fromEntries(
    given.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw new UsageError(`${option} ${pair} must have the form key=value.`);
      return [pair.slice(0, at), readValue(pair.slice(at + 1))];
    }),
  );
}

function readValue(given: string): JsonValue {
  try {
    const value = JSON.parse(given) as JsonValue;
    // A long id must not be rounded on its way through a number.
    return typeof value === 'number' && String(value) !== given && !given.includes('.') ? given : value;
  } catch {
    return given;
  }
}

async function findWriteKey(client: Client, wanted: string | undefined): Promise<string> {
  const known = await client.sources();
  if (wanted === undefined) return writeKeyOf(client, known, OWN_SOURCE, 'server');
  const source = known.find(({ name, id }) => name === wanted || id === wanted);
  if (source?.writeKey !== undefined) return source.writeKey;
  const names = known.map(({ name }) => `"${name}"`).join(', ') || 'none yet';
  throw new UsageError(
    source
      ? `The server does not show the write key of "${wanted}". Give it with --write-key.`
      : `There is no source "${wanted}". There is: ${names}.`,
  );
}
