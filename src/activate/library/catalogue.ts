/** What there is in the library, known without loading it. `catalogue.json` is written by `npm run docs`. */
import type { Channel } from '../../core/delivery/channel.js';
import entries from './catalogue.json' with { type: 'json' };

/** Before the name of a destination's folder, in the name of its kind. */
export const LIBRARY_PREFIX = 'library/';

/** A destination of the library. */
export interface CatalogueEntry {
  /** Its folder in the library; the kind is `library/<slug>`. */
  readonly slug: string;
  readonly title: string;
  readonly description: string;
  readonly channel: Channel;
  readonly categories: readonly string[];
  readonly actions: number;
  readonly presets: number;
  /** Keeps lists of people. */
  readonly audience: boolean;
  /** Has an action that takes many items in one call. */
  readonly batch: boolean;
  /** Is connected by OAuth. */
  readonly oauth: boolean;
}

let bySlug: ReadonlyMap<string, CatalogueEntry> | undefined;

/** All of them, by title. */
export function catalogue(): readonly CatalogueEntry[] {
  return [...read().values()];
}

/** One, by its folder. */
export function catalogueEntry(slug: string): CatalogueEntry | undefined {
  return read().get(slug);
}

function read(): ReadonlyMap<string, CatalogueEntry> {
  bySlug ??= new Map((entries as readonly CatalogueEntry[]).map((entry) => [entry.slug, entry]));
  return bySlug;
}
