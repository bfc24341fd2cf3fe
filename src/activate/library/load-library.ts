/** Loading of the library: its core once, and of its destinations each that is used. */
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import {
  asLibraryCall,
  type LibraryCall,
  type LibraryHttp,
  leadEnvironment,
  leadHttp,
  leadSockets,
} from './library-call.js';
import type { LibraryDefinition, LibraryDestination } from './library-types.js';

const require = createRequire(import.meta.url);

interface LibraryCore {
  readonly Destination: new (definition: LibraryDefinition) => LibraryDestination;
}

/** What is decided while code is loaded, the same for all destinations. */
const LOADING: LibraryCall['environment'] = { NODE_ENV: 'production', ACTIONS_MEMORA_ENV: 'production' };

let core: LibraryCore | undefined;

/** The class `Destination` of the library, whose ways to the world lead to those of a call from then on; see `library-call.ts`. */
export function libraryCore(): LibraryCore {
  if (core !== undefined) return core;
  const ofLibrary = createRequire(require.resolve('@segment/action-destinations'));
  const entry = ofLibrary.resolve('@segment/actions-core');
  leadHttp(ofLibrary(path.join(path.dirname(entry), 'fetch.js')) as LibraryHttp);
  leadSockets();
  leadEnvironment(process);
  core = ofLibrary(entry) as LibraryCore;
  return core;
}

/** The definition in a folder of the library, such as `braze`, to be described. Throws when there is none. */
export function libraryDefinition(slug: string): LibraryDefinition {
  return load(slug, {});
}

/**
 * The definition, from code that is loaded for one destination alone: some remember in variables of theirs what a tool answered, such as a
 * token, for whichever account comes next.
 * @param environment what it sees of the environment while it is loaded.
 */
export function libraryDefinitionApart(
  slug: string,
  environment: LibraryCall['environment'],
): LibraryDefinition {
  const folder = path.dirname(require.resolve(fileOf(slug))) + path.sep;
  const takeAway = () =>
    Object.entries(require.cache).filter(([file]) => file.startsWith(folder) && delete require.cache[file]);
  const kept = takeAway();
  try {
    return load(slug, environment);
  } finally {
    takeAway();
    Object.assign(require.cache, Object.fromEntries(kept));
  }
}

function load(slug: string, environment: LibraryCall['environment']): LibraryDefinition {
  libraryCore();
  if (!/^[a-z0-9-]+$/.test(slug)) throw new Error(`${slug} is no name of a destination`);
  // Nothing is sent while code is loaded.
  const context = { fetch: refuse, resolve: refuse, signal: AbortSignal.abort() };
  return asLibraryCall(
    { context, environment: { ...LOADING, ...environment } },
    () => (require(fileOf(slug)) as { default: LibraryDefinition }).default,
  );
}

function fileOf(slug: string): string {
  return `@segment/action-destinations/dist/destinations/${slug}/index.js`;
}

/**
 * The library's own object for a destination. Its name becomes part of URIs by which checks of payloads are kept: the names of most are none,
 * which the URI parser of today refuses, and two destinations of one name would share their checks. So it is given another.
 */
export function libraryDestination(slug: string, definition: LibraryDefinition): LibraryDestination {
  return new (libraryCore().Destination)({ ...definition, name: `library-${slug}` });
}

function refuse(): never {
  throw new Error('Code that is loaded has no connection');
}
