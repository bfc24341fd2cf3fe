/** Sending by an action of the library: items in batches where the action takes them, each result accounted for. */
import type { Failure } from '../../core/delivery/failure.js';
import type { JsonObject } from '../../core/json.js';
import {
  type SendContext,
  SendFailure,
  type SendItem,
  type SendResult,
} from '../destinations/destination.js';
import type { LibraryConnector, LibraryConnectors } from './library-destination.js';
import { multiStatusFailure, singleFailure } from './library-failure.js';
import { batchKey, internalFields, libraryItems } from './library-item.js';
import { libraryNotes, transactionOf } from './library-notes.js';
import type { ActionInput, LibraryActionDefinition, MultiStatus } from './library-types.js';

/** Items of one batch when neither the action nor the payload says how many, and at most. */
const BATCH_ITEMS = 1_000;
const BATCH_ITEMS_MAX = 10_000;

/** Whether an action takes batches, and how many items at most. */
export function batchOf({ fields, performBatch }: LibraryActionDefinition): { itemsMax: number } | undefined {
  if (performBatch === undefined) return undefined;
  const size = fields.batch_size ?? fields.max_batch_size;
  // With this default batches are for those who ask for them; without a switch there is no asking.
  if (fields.enable_batching === undefined && size?.default === 0) return undefined;
  const stated = size?.maximum ?? (typeof size?.default === 'number' ? size.default : BATCH_ITEMS);
  return { itemsMax: Math.min(Math.max(stated, 1), BATCH_ITEMS_MAX) };
}

/** Sends items through an action of the library. Never rejects: what fails is a result of the items concerned. */
export async function sendThroughLibrary(
  connectors: LibraryConnectors,
  action: string,
  items: readonly SendItem[],
  context: SendContext,
): Promise<SendResult[]> {
  let connector: LibraryConnector;
  try {
    connector = connectors.of(context);
  } catch (error) {
    if (!(error instanceof SendFailure)) throw error;
    const { failure } = error;
    return items.map(() => ({ status: 'failed', ...failure }));
  }
  const definition = connector.definition.actions[action];
  if (definition === undefined) return items.map(() => unknownAction(action));
  const sending = new Sending(connector, action, definition, context.dryRun ? forgetful(context) : context);
  const results = new Map<SendItem, SendResult>();
  for (const group of groups(items, definition)) {
    const ofGroup = await sending.send(group);
    group.items.forEach((item, index) => {
      results.set(item, ofGroup[index] ?? lostItem());
    });
  }
  return items.map((item) => results.get(item) ?? lostItem());
}

interface Group {
  readonly items: readonly SendItem[];
  readonly batch: boolean;
}

/** Items that go in one call, in their order as far as batches let them. */
function groups(items: readonly SendItem[], definition: LibraryActionDefinition): Group[] {
  if (batchOf(definition) === undefined) return items.map((item) => ({ items: [item], batch: false }));
  const internal = internalFields(definition.hooks);
  const hasSwitch = definition.fields.enable_batching !== undefined;
  const all: Group[] = [];
  const open = new Map<string, SendItem[]>();
  for (const item of items) {
    const { enable_batching: switched, batch_size: size } = item.payload;
    if (hasSwitch && switched !== true) {
      all.push({ items: [item], batch: false });
      continue;
    }
    const key = batchKey(item, internal);
    const batch = open.get(key);
    if (batch !== undefined && !(typeof size === 'number' && size > 0 && batch.length >= size))
      batch.push(item);
    else {
      const fresh = [item];
      open.set(key, fresh);
      all.push({ items: fresh, batch: true });
    }
  }
  return all;
}

class Sending {
  constructor(
    readonly connector: LibraryConnector,
    readonly action: string,
    readonly definition: LibraryActionDefinition,
    readonly context: SendContext,
  ) {}

  async send({ items, batch }: Group): Promise<SendResult[]> {
    const { speaks } = this.connector.quirks;
    if (speaks !== undefined) this.#record(items, speaks);
    if (speaks !== undefined && this.context.dryRun) return items.map(() => ({ status: 'delivered' }));
    try {
      const notes = await libraryNotes(this.context);
      const transaction = await this.#transaction(items);
      const { value, requests, answer } = await this.connector.call(this.context, (settings, auth) =>
        this.#execute(items, batch, {
          ...{ settings, auth, ...notes },
          transactionContext: transaction.transactionContext,
        }),
      );
      await notes.save();
      await transaction.save();
      const results = batch
        ? items.map((_, index) =>
            this.#result(multiStatusFailure(value[index] as MultiStatus, this.context.now())),
          )
        : [this.#result(singleFailure(value, answer, this.context.now()))];
      return requests === 0 && !results.some(({ status }) => status === 'failed')
        ? items.map(() => ({ status: 'skipped', message: 'The connector has nothing to send for it.' }))
        : results;
    } catch (error) {
      if (!(error instanceof SendFailure)) throw error;
      const { failure } = error;
      return items.map(() => ({ status: 'failed', ...failure }));
    }
  }

  async #execute(
    items: readonly SendItem[],
    batch: boolean,
    part: Pick<
      ActionInput,
      'settings' | 'auth' | 'stateContext' | 'engageDestinationCache' | 'transactionContext'
    >,
  ): Promise<readonly unknown[]> {
    const { connector, context, definition, action } = this;
    const { columns } = connector.quirks;
    const columnNames = textsOf(context.options.columns);
    const internal = internalFields(definition.hooks);
    const { events, mapping } = libraryItems(items, { internal, columnNames, ...(columns && { columns }) });
    const input: ActionInput = {
      ...part,
      mapping,
      features: Object.fromEntries((connector.quirks.features ?? []).map((name) => [name, true])),
      statsContext: { statsClient: SILENT_STATS, tags: [] },
      logger: SILENT_LOGGER,
      subscriptionMetadata: {
        actionConfigId: `${context.destinationId}/${action}`,
        destinationConfigId: context.destinationId,
      },
      signal: connector.quirks.ignoresSignal === true ? new AbortController().signal : context.signal,
    };
    if (!batch) {
      const [event = {}] = events;
      return await connector.destination.executeAction(action, { ...input, event });
    }
    const statuses = await connector.destination.executeBatch(action, { ...input, events });
    if (statuses.some((item) => item?.status === 401)) await connector.refreshTokens(context);
    return statuses;
  }

  #result(failure: Failure | undefined): SendResult {
    if (failure === undefined) return { status: 'delivered' };
    const message = this.connector.masked(failure.message);
    return { status: 'failed', ...failure, message };
  }

  async #transaction(items: readonly SendItem[]) {
    const [first] = items;
    if (first === undefined || this.connector.quirks.transactions !== true)
      return { transactionContext: { transaction: {}, setTransaction() {} }, async save() {} };
    return await transactionOf(first.profileId, this.context);
  }

  #record(items: readonly SendItem[], speaks: string): void {
    const body = JSON.stringify(items.map(({ payload }) => payload));
    this.context.record({ request: { method: 'SEND', url: speaks, headers: {}, body }, tookMs: 0 });
  }
}

const SILENT_STATS = {
  _name: (name: string) => name,
  _tags: (tags: string[] = []) => tags,
  incr() {},
  set() {},
  observe() {},
  histogram() {},
};
/** What it would log may hold personal data; what matters comes as errors. */
const SILENT_LOGGER = {
  level: 'silent',
  name: 'library',
  debug() {},
  info() {},
  warn() {},
  error() {},
  crit() {},
  log() {},
  withTags() {},
};

/** Nothing is kept of what did not happen. */
function forgetful(context: SendContext): SendContext {
  return { ...context, state: { get: (key) => context.state.get(key), async set() {} } };
}

function textsOf(value: JsonObject[string] | undefined): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

function unknownAction(action: string): SendResult {
  return {
    status: 'failed',
    code: 'action_unknown',
    message: `The destination has no action "${action}" any more.`,
    retry: false,
  };
}

function lostItem(): SendResult {
  return {
    status: 'failed',
    code: 'connector_failed',
    message: 'The connector told nothing of it.',
    retry: true,
  };
}
