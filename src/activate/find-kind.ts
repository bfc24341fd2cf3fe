import type { DescribedAction, DescribedKind } from '../core/delivery/described-kind.js';
import type { DestinationKind } from './destinations/destination.js';
import { OWN_KINDS } from './destinations/kinds.js';
import { LIBRARY_PREFIX } from './library/catalogue.js';
import type { OwnFolder } from './own/own-folder.js';

/** Finds a kind by its name, loading its code; undefined when there is none. */
export type FindKind = (kind: string) => Promise<DestinationKind | undefined>;

/** Finds kinds of our own, and those of the library, none of which is loaded before it is asked for. */
export const findKind: FindKind = async (kind) => {
  if (kind.startsWith(LIBRARY_PREFIX)) {
    const { libraryKind } = await import('./library/library-kind.js');
    return libraryKind(kind.slice(LIBRARY_PREFIX.length));
  }
  return Object.hasOwn(OWN_KINDS, kind) ? OWN_KINDS[kind]?.() : undefined;
};

/** Finds those, and the ones of a folder of people's own. */
export function findKindWith(folder: OwnFolder): FindKind {
  return async (kind) => (await findKind(kind)) ?? folder.find(kind);
}

/** A kind as plain data. */
export function describeKind(kind: DestinationKind): DescribedKind {
  const { actions, test, audience, presets, categories, settings, channel, title, description, docsUrl } =
    kind;
  const described = Object.entries(actions).map(([name, action]): [string, DescribedAction] => {
    const { send: _, choices: __, needsGiven = false, addressFields = [], ...rest } = action;
    const { takesSnapshots = false, ...data } = rest;
    return [name, { ...data, needsGiven, addressFields, takesSnapshots }];
  });
  return {
    ...{ kind: kind.kind, title, description, categories, channel, settings, presets },
    ...(docsUrl === undefined ? {} : { docsUrl }),
    actions: Object.fromEntries(described),
    canTest: test !== undefined,
    ...(audience === undefined
      ? {}
      : { audience: { fields: audience.fields, canCreate: audience.create !== undefined } }),
  };
}
