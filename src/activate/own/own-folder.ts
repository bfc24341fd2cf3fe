/**
 * The folder of people's own destinations: each file is one, by its name. A file that changes is loaded anew when it is next used, so that nothing has to be started
 * again; a file that cannot be loaded concerns its own destinations alone.
 */
import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tell } from '../../telemetry/telemetry.js';
import {
  type DestinationAction,
  type DestinationKind,
  type SendContext,
  SendFailure,
} from '../destinations/destination.js';
import { bearFaults } from './bear-faults.js';
import { loadDestination, nameOf } from './load-destination.js';

/** Kinds of one's own are named so, before the file's name. */
const PREFIX = 'own/';
/** So long what was seen in the folder is taken for what is in it. */
const SEEN_MS = 500;
const FILE = /^[a-z0-9][a-z0-9-]*\.(?:ts|mts|js|mjs)$/;

/** A file of the folder: what it is, or why it cannot be used. */
export type OwnFile =
  | { readonly name: string; readonly kind: DestinationKind }
  | { readonly name: string; readonly error: string };

/** See the head of the file. */
export interface OwnFolder {
  /** The kind of a file, as it is now; `undefined` where there is no such file. @throws SendFailure `destination_broken` */
  find(kind: string): Promise<DestinationKind | undefined>;
  /** All files, by name. */
  list(): Promise<readonly OwnFile[]>;
}

interface Found {
  readonly stamp: string;
  /** Paths by names. */
  readonly files: ReadonlyMap<string, string>;
}

/**
 * @param dir need not exist.
 * @param tell hears of files that cannot be loaded, once for each state of the folder, and of their faults that nobody waits for.
 */
export function openOwnFolder(dir: string, tell: Tell): OwnFolder {
  const told = (destination: string, message: string) =>
    tell({ name: 'own_destination_failed', destination, message });
  const loaded = new Map<string, { readonly stamp: string; readonly kind: Promise<DestinationKind> }>();
  let seen: { readonly at: number; readonly found: Promise<Found> } | undefined;
  const look = (): Promise<Found> => {
    const at = performance.now();
    if (seen === undefined || at - seen.at > SEEN_MS) seen = { at, found: lookInto(dir) };
    return seen.found;
  };
  const load = async (name: string, { stamp, files }: Found): Promise<DestinationKind | undefined> => {
    const path = files.get(name);
    if (path === undefined) return undefined;
    const before = loaded.get(name);
    if (before?.stamp === stamp) return before.kind;
    bearFaults((error) => told('', (error instanceof Error && error.stack) || String(error)));
    const kind = loadDestination(path, stamp);
    loaded.set(name, { stamp, kind });
    kind.catch((error: unknown) => told(name, messageOf(error)));
    return kind;
  };
  const newest = async (name: string): Promise<DestinationKind> => {
    const kind = await load(name, await look()).catch((cause: unknown) => {
      throw broken(name, messageOf(cause), cause);
    });
    if (kind === undefined) throw broken(name, `there is no such file in ${dir}`);
    return kind;
  };
  return {
    async find(kind) {
      if (!kind.startsWith(PREFIX)) return undefined;
      const name = kind.slice(PREFIX.length);
      if (!(await look()).files.has(name)) return undefined;
      return alive(await newest(name), () => newest(name));
    },
    async list() {
      const found = await look();
      return Promise.all(
        [...found.files.keys()].sort().map(async (name): Promise<OwnFile> => {
          try {
            return { name, kind: await newest(name) };
          } catch (error) {
            return { name, error: messageOf(error) };
          }
        }),
      );
    },
  };
}

/** A kind that does what its file says at the time. */
function alive(kind: DestinationKind, newest: () => Promise<DestinationKind>): DestinationKind {
  const actions = Object.entries(kind.actions).map(([name, action]): [string, DestinationAction] => [
    name,
    {
      ...action,
      async send(items, context) {
        const now = (await newest()).actions[name];
        if (now === undefined) throw broken(kind.kind, `its action ${name} is gone`);
        return now.send(items, context);
      },
    },
  ]);
  const test = async (context: SendContext) => (await newest()).test?.(context);
  return { ...kind, actions: Object.fromEntries(actions), ...(kind.test === undefined ? {} : { test }) };
}

/** Tried again: what waits goes out once the file is mended. */
function broken(name: string, why: string, cause?: unknown): SendFailure {
  const message = `The destination ${name} cannot be used: ${why}`;
  return new SendFailure({ code: 'destination_broken', message, retry: true }, { cause });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What lies in the folder: its stamp is another when any of its files is. */
async function lookInto(dir: string): Promise<Found> {
  const entries = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const files = new Map<string, string>();
  const hash = createHash('sha256');
  for (const entry of entries.sort()) {
    const path = join(dir, entry);
    const found = await stat(path).catch(() => undefined);
    if (found === undefined || !found.isFile()) continue;
    hash.update(`${entry} ${found.mtimeMs} ${found.size}\n`);
    if (FILE.test(entry)) files.set(nameOf(path), path);
  }
  return { stamp: hash.digest('hex').slice(0, 16), files };
}
