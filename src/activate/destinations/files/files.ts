/** Files in a folder of this machine. */
import { randomUUID } from 'node:crypto';
import { mkdir, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { folderFault } from '../../../core/rows/object-name.js';
import type { DestinationKind, SendContext } from '../destination.js';
import { SendFailure } from '../destination.js';
import { textOf } from '../read-values.js';
import { FILE_FIELDS, FILE_OPTIONS } from './file-fields.js';
import { FILE_BATCH, FILES_PRESETS } from './file-presets.js';
import { type FileStore, writeRows } from './write-rows.js';

/** `files`. */
export const files: DestinationKind = {
  kind: 'files',
  title: 'Files',
  description: 'Writes batches of rows to files in a folder of the server: JSON lines, CSV or Parquet.',
  categories: ['files'],
  channel: 'other',
  settings: {
    folder: {
      label: 'Folder',
      description:
        'A folder within the one for exports (TRIBUTARY_EXPORTS_DIR), such as shop/orders. By default that one itself.',
      type: 'string',
    },
  },
  actions: {
    write: {
      title: 'Write files',
      description:
        'A file for each batch, with a row for each delivery and its key in the column delivery_key.',
      fields: FILE_FIELDS,
      options: FILE_OPTIONS,
      batch: FILE_BATCH,
      ordered: false,
      takesSnapshots: true,
      send: (items, context) => writeRows(items, new Folder(context), context),
    },
  },
  presets: FILES_PRESETS,
  async test(context) {
    await new Folder(context).make('.');
  },
};

class Folder implements FileStore {
  readonly #context: SendContext;

  constructor(context: SendContext) {
    this.#context = context;
  }

  async exists(name: string): Promise<boolean> {
    const found = await stat(join(this.#path(), name)).catch(() => undefined);
    return found?.isFile() === true;
  }

  async put(name: string, content: Uint8Array, type: string): Promise<void> {
    const { dryRun, record, now } = this.#context;
    const body =
      type === 'application/gzip' || type.endsWith('parquet')
        ? `${content.length} bytes`
        : Buffer.from(content).toString();
    const request = { method: 'WRITE', url: `file:${name}`, headers: { 'content-type': type }, body };
    if (dryRun) return record({ request, tookMs: 0 });
    const startedAt = now();
    const dir = await this.make(dirname(name));
    // A name of its own: what a crash leaves is in nobody's way, and nobody sees half a file.
    const unfinished = join(dir, `.${basename(name)}.${randomUUID()}.part`);
    try {
      await writeThrough(unfinished, content);
      await rename(unfinished, join(dir, basename(name)));
      await syncFolder(dir);
    } catch (error) {
      await rm(unfinished, { force: true });
      throw fileFailure(error);
    }
    record({ request, response: { status: 200, headers: {}, body: '' }, tookMs: now() - startedAt });
  }

  /** Makes a folder within ours, and gives its path. A link that leads out of where exports go is not followed: nothing is made there. */
  async make(within: string): Promise<string> {
    try {
      await mkdir(this.#root(), { recursive: true, mode: 0o700 });
      const root = await realpath(this.#root());
      let dir = root;
      for (const name of relative(this.#root(), join(this.#path(), within)).split(sep)) {
        const path = join(dir, name);
        await mkdir(path, { mode: 0o700 }).catch(unlessThere);
        dir = await realpath(path);
        if (dir !== root && !dir.startsWith(`${root}${sep}`)) throw leadsOut(within);
      }
      return dir;
    } catch (error) {
      throw fileFailure(error);
    }
  }

  #path(): string {
    const folder = textOf(this.#context.settings, 'folder');
    if (folder === undefined) return this.#root();
    const fault = folderFault(folder);
    if (fault === undefined) return join(this.#root(), folder);
    throw new SendFailure({ code: 'settings_invalid', message: `"folder": ${fault}`, retry: false });
  }

  #root(): string {
    const root = this.#context.files?.root;
    if (root !== undefined) return root;
    throw new SendFailure({
      code: 'folder_refused',
      message: 'There is no folder for exports.',
      retry: false,
    });
  }
}

function unlessThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

function leadsOut(within: string): SendFailure {
  const message = `${within} leads out of the folder for exports.`;
  return new SendFailure({ code: 'folder_refused', message, retry: false });
}

async function writeThrough(path: string, content: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A new name is on disk when its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** A full disk or missing rights are mended by a person, and then what waits is written. */
function fileFailure(error: unknown): unknown {
  if (error instanceof SendFailure) return error;
  const { code = 'error', message = String(error) } = error as { code?: string; message?: string };
  return new SendFailure({ code: `file_${code.toLowerCase()}`, message, retry: true }, { cause: error });
}
