/** The catalogue of the library, made of the library itself. */
import { createRequire } from 'node:module';
import type { CatalogueEntry } from '../src/activate/library/catalogue.js';
import { libraryPresets } from '../src/activate/library/library-presets.js';
import type { LibraryDefinition } from '../src/activate/library/library-types.js';
import { libraryCore } from '../src/activate/library/load-library.js';
import { batchOf } from '../src/activate/library/send-through-library.js';
import { reviewOf } from './library-channels.js';

interface Manifest {
  readonly [id: string]: { readonly directory: string; readonly definition: LibraryDefinition };
}

/** All destinations of the library, by their folders. */
export function libraryDefinitions(): ReadonlyArray<readonly [slug: string, definition: LibraryDefinition]> {
  libraryCore();
  const { manifest } = createRequire(import.meta.url)('@segment/action-destinations') as {
    manifest: Manifest;
  };
  return Object.values(manifest).map(({ directory, definition }) => [directory, definition] as const);
}

/** The catalogue as it should be. */
export function libraryCatalogue(): CatalogueEntry[] {
  const entries = libraryDefinitions().map(([slug, definition]): CatalogueEntry => {
    const { channel = 'other', categories = [] } = reviewOf(slug) ?? {};
    const actions = Object.values(definition.actions).filter(({ hidden }) => hidden !== true);
    const title = titleOf(definition);
    const scheme = definition.authentication?.scheme ?? '';
    return {
      slug,
      title,
      description: firstSentence(definition.description ?? '') || `Sends to ${title}.`,
      channel,
      categories,
      actions: actions.length,
      presets: libraryPresets(definition).length,
      audience: definition.audienceConfig !== undefined,
      batch: actions.some((action) => batchOf(action) !== undefined),
      oauth: scheme === 'oauth2' || scheme === 'oauth-managed',
    };
  });
  return entries.sort(
    (a, b) => compare(a.title.toLowerCase(), b.title.toLowerCase()) || compare(a.slug, b.slug),
  );
}

/** The catalogue as a section of Markdown for each category. */
export function catalogueTable(entries: readonly CatalogueEntry[]): string {
  const categories = [...new Set(entries.flatMap((entry) => entry.categories))].sort();
  return categories
    .map((category) => {
      const rows = entries
        .filter((entry) => entry.categories.includes(category))
        .map(({ slug, title, actions, audience, batch, oauth }) => {
          const can = [audience && 'audiences', batch && 'batches', oauth && 'OAuth']
            .filter(Boolean)
            .join(', ');
          return `| ${title} | \`library/${slug}\` | ${actions} | ${can} |`;
        });
      return `## ${category}\n| tool | kind | actions | |\n|---|---|---|---|\n${rows.join('\n')}\n`;
    })
    .join('\n');
}

/** Without what tells apart two ways of Segment's to do one thing. */
function titleOf({ name }: LibraryDefinition): string {
  return name
    .replace(/^Actions /, '')
    .replace(/\s*\((?:actions?|cloud|cloud destination)\)/gi, '')
    .replace(/ Cloud(?: Mode)?$/i, '')
    .trim();
}

function firstSentence(text: string): string {
  return /^.*?[.!](?=\s|$)/s.exec(text.replace(/\s+/g, ' ').trim())?.[0] ?? text.replace(/\s+/g, ' ').trim();
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
