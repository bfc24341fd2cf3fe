import type { Pool } from 'pg';
import type { ActivateWorker } from './activate/activate-worker.js';
import { OWN_KINDS } from './activate/destinations/kinds.js';
import { type CatalogueEntry, catalogue, LIBRARY_PREFIX } from './activate/library/catalogue.js';
import type { ActivationParts, Kinds, ListedKind } from './admin/activation-parts.js';
import type { DescribedKind } from './core/delivery/described-kind.js';
import type { ClickHouse } from './engines/clickhouse.js';
import type { ProcessWorker } from './process/process-worker.js';
import { DeliveryQueries } from './stores/events/delivery-queries.js';
import type { SecretKey } from './stores/secret-key.js';
import { Audiences } from './stores/state/audiences.js';
import { Connections } from './stores/state/connections.js';
import { Destinations } from './stores/state/destinations.js';
import { Snapshots } from './stores/state/snapshots.js';

/** Wires the admin API of what leaves to its stores and workers. */
export function activationOf({
  pool,
  clickhouse,
  secretKey,
  activate,
  worker,
}: {
  readonly pool: Pool;
  readonly clickhouse: ClickHouse;
  readonly secretKey: SecretKey;
  readonly activate: ActivateWorker;
  readonly worker: ProcessWorker;
}): ActivationParts {
  return {
    destinations: new Destinations(pool, secretKey),
    connections: new Connections(pool),
    audiences: new Audiences(pool),
    snapshots: new Snapshots(pool),
    kinds: kindsOf(activate),
    deliveries: new DeliveryQueries(clickhouse),
    queues: () => activate.ask('queues', {}),
    changed() {
      worker.appended();
      activate.changed();
    },
  };
}

function kindsOf(activate: ActivateWorker): Kinds {
  return {
    async list() {
      const names = Object.keys(OWN_KINDS);
      const ours = await Promise.all(names.map((kind) => activate.ask('describe', { kind })));
      const theirs = await activate.ask('ownKinds', {});
      return [
        ...ours.flatMap((kind) => (kind === undefined ? [] : [listed(kind)])),
        ...theirs.map(listed),
        ...catalogue().map(ofLibrary),
      ];
    },
    describe: (kind) => activate.ask('describe', { kind }),
    faultsOf: (kind, settings) => activate.ask('faultsOf', { kind, settings }),
    test: (destination) => activate.ask('test', { destination }),
    choices: (destination, { action, field, payload }) =>
      activate.ask('choices', { destination, action, field, payload }),
    dryRun: (destination, { action, options }, item) =>
      activate.ask('dryRun', {
        ...{ destination, action, options },
        items: [{ ...item, attempt: 1, decidedAt: Date.now() }],
      }),
    createAudience: (destination, options, audience) =>
      activate.ask('createAudience', { destination, options, audience }),
  };
}

function ofLibrary({ slug, actions, audience, ...entry }: CatalogueEntry): ListedKind {
  const { title, description, categories, channel } = entry;
  return {
    ...{ kind: `${LIBRARY_PREFIX}${slug}`, title, description, categories, channel },
    ...{ actions, hasAudience: audience },
  };
}

function listed(kind: DescribedKind | { readonly kind: string; readonly error: string }): ListedKind {
  if ('error' in kind)
    return {
      ...{ kind: kind.kind, title: kind.kind, description: '', categories: [], channel: 'other', actions: 0 },
      ...{ hasAudience: false, error: kind.error },
    };
  const { title, description, categories, channel, actions, audience } = kind;
  return {
    ...{ kind: kind.kind, title, description, categories, channel },
    ...{ actions: Object.keys(actions).length, hasAudience: audience !== undefined },
  };
}
