/** What the main thread asks of connectors' code. */
import { failureOf } from '../core/delivery/classify.js';
import type { AskedDestination, QueueState, Tried } from '../core/delivery/described-kind.js';
import { TributaryError } from '../core/errors.js';
import type { JsonObject } from '../core/json.js';
import type { DestinationAction, DestinationKind } from './destinations/destination.js';
import { describeKind, type FindKind } from './find-kind.js';
import type { AskName, Asks } from './messages.js';
import { type OutletCall, type OutletParts, openOutlet } from './outlet.js';
import type { OwnFolder } from './own/own-folder.js';

/** How long something that somebody waits for may take. */
const TRY_MS_MAX = 20_000;

/** What answering leans on. */
export interface AnswerParts extends OutletParts {
  readonly findKind: FindKind;
  readonly ownFolder: OwnFolder;
  readonly queues: () => readonly QueueState[];
}

type Answers = { readonly [Name in AskName]: (ask: Asks[Name]['ask']) => Promise<Asks[Name]['answer']> };

/** Answers to all that can be asked. Each rejects with a TributaryError where the asker is to blame. */
export function answers(parts: AnswerParts): Answers {
  return {
    async describe({ kind }) {
      const found = await parts.findKind(kind);
      return found && describeKind(found);
    },
    async faultsOf({ kind, settings }) {
      const found = await parts.findKind(kind);
      return found?.faultsOf?.(settings) ?? [];
    },
    async test({ destination }) {
      const kind = await kindOf(parts, destination);
      const { tried } = await tryOut(
        parts,
        kind,
        destination,
        { options: {}, dryRun: false },
        async (context) => kind.test?.(context),
      );
      return tried;
    },
    async dryRun({ destination, action, options, items }) {
      const kind = await kindOf(parts, destination);
      const known = actionOf(kind, action);
      const { tried, result } = await tryOut(parts, kind, destination, { options, dryRun: true }, (context) =>
        known.send(items, context),
      );
      return { ...tried, results: result ?? [] };
    },
    async choices({ destination, action, field, payload }) {
      const kind = await kindOf(parts, destination);
      const known = actionOf(kind, action);
      const { tried, result } = await tryOut(
        parts,
        kind,
        destination,
        { options: {}, dryRun: false },
        async (context) => known.choices?.(field, payload, context),
      );
      return { ...tried, ...(result === undefined ? {} : { choices: result }) };
    },
    async createAudience({ destination, options, audience }) {
      const kind = await kindOf(parts, destination);
      const create = kind.audience?.create;
      if (create === undefined)
        throw new TributaryError(
          'definition_invalid',
          `${destination.kind} makes no audiences: make it in the tool.`,
        );
      const { tried, result } = await tryOut(
        parts,
        kind,
        destination,
        { options, dryRun: false },
        (context) => create(audience, context),
      );
      return { ...tried, ...result };
    },
    queues: async () => parts.queues(),
    async ownKinds() {
      const files = await parts.ownFolder.list();
      return files.map((file) =>
        'kind' in file ? describeKind(file.kind) : { kind: `own/${file.name}`, error: file.error },
      );
    },
  };
}

async function kindOf(parts: AnswerParts, { kind }: AskedDestination): Promise<DestinationKind> {
  const found = await parts.findKind(kind);
  if (found) return found;
  throw new TributaryError('not_found', `There is no kind of destination ${kind}.`);
}

function actionOf(kind: DestinationKind, action: string): DestinationAction {
  const known = Object.hasOwn(kind.actions, action) ? kind.actions[action] : undefined;
  if (known === undefined)
    throw new TributaryError('definition_invalid', `${kind.kind} has no action ${action}.`);
  return known;
}

/** Lets a connector do something within a time, and tells what it said to its tool. */
async function tryOut<Result>(
  parts: AnswerParts,
  kind: DestinationKind,
  { id, number, settings }: AskedDestination,
  { options, dryRun }: { readonly options: JsonObject; readonly dryRun: boolean },
  run: (context: OutletCall['context']) => Promise<Result>,
): Promise<{ readonly tried: Tried; readonly result?: Result }> {
  const secretNames = Object.entries(kind.settings).flatMap(([name, { secret }]) => (secret ? [name] : []));
  const outlet = openOutlet(kind, { id, number: dryRun ? undefined : number, settings, secretNames }, parts);
  const ending = new AbortController();
  const { context, exchanges } = outlet.call({
    options,
    dryRun,
    signal: ending.signal,
    timeoutMs: TRY_MS_MAX,
  });
  let callOff = () => {};
  const late = new Promise<never>((_, reject) => {
    callOff = parts.time.after(TRY_MS_MAX, () => {
      const failure = { code: 'timeout', message: `No answer within ${TRY_MS_MAX} ms.`, retry: true };
      reject(Object.assign(new Error(failure.message), { failure }));
      ending.abort();
    });
  });
  try {
    const result = await Promise.race([run(context), late]);
    return { tried: { exchanges: [...exchanges] }, result };
  } catch (error) {
    const { code, message } = failureOf(error);
    return { tried: { exchanges: [...exchanges], failure: { code, message } } };
  } finally {
    callOff();
    await outlet.close();
  }
}
