import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { TributaryError } from '../core/errors.js';

/** Bytes of an upload between two looks at the disk. */
const LOOK_BYTES = 16 * 1024 * 1024;
const FOLDER_NAME = 'folder-id';

/** The uploaded files of imports: a folder of the data folder, with one file an import, named after its id. */
export class ImportFiles {
  readonly #dir: string;
  readonly #diskFreeBytesMin: number;
  readonly #uploading = new Set<string>();
  /** Names this folder: an import remembers where its file is, since several servers may share a database. */
  readonly folder: string;

  private constructor(dir: string, folder: string, diskFreeBytesMin: number) {
    this.#dir = dir;
    this.folder = folder;
    this.#diskFreeBytesMin = diskFreeBytesMin;
  }

  /** Opens the folder; makes it when it is missing. */
  static async open(dir: string, diskFreeBytesMin: number): Promise<ImportFiles> {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    const name = join(dir, FOLDER_NAME);
    const known = await readFile(name, 'utf8').catch(() => '');
    const folder = known.trim() || randomUUID();
    if (known === '') await writeFile(name, `${folder}\n`);
    return new ImportFiles(dir, folder, diskFreeBytesMin);
  }

  /** Where an import's file is. Ids are our own, so the path stays in the folder. */
  pathOf(id: string): string {
    return join(this.#dir, id);
  }

  /** Where the rows of an import's Parquet file go. */
  rowsPathOf(id: string): string {
    return join(this.#dir, `${id}.rows`);
  }

  /**
   * Takes a file in, a piece at a time; resolves with its bytes when all of it is on disk. Nothing is left of one that
   * breaks off.
   * @throws TributaryError `disk_full`, or `conflict` while another upload for the same import is under way.
   */
  async save(id: string, content: Readable, bytesSaid = 0): Promise<number> {
    if (this.#uploading.has(id)) {
      throw new TributaryError('conflict', `A file for the import ${id} is being uploaded already.`);
    }
    this.#uploading.add(id);
    const unfinished = `${this.pathOf(id)}.part`;
    try {
      await this.#makeSure(bytesSaid);
      const bytes = await this.#write(unfinished, content);
      await rename(unfinished, this.pathOf(id));
      return bytes;
    } catch (error) {
      await rm(unfinished, { force: true });
      throw error;
    } finally {
      this.#uploading.delete(id);
    }
  }

  /** Removes what there is of an import. */
  async remove(id: string): Promise<void> {
    const paths = [this.pathOf(id), this.rowsPathOf(id), `${this.rowsPathOf(id)}.part`];
    await Promise.all(paths.map((path) => rm(path, { force: true })));
  }

  /** Removes everything but the files of these imports: what a crash left behind. */
  async keepOnly(ids: readonly string[]): Promise<void> {
    const kept = new Set([FOLDER_NAME, ...ids, ...ids.map((id) => `${id}.rows`)]);
    const stray = (await readdir(this.#dir)).filter((name) => name.startsWith('imp_') && !kept.has(name));
    await Promise.all(stray.map((name) => rm(join(this.#dir, name), { force: true })));
  }

  /** Bytes of a file of this folder; undefined when it is not there. */
  async sizeOf(path: string): Promise<number | undefined> {
    return (await stat(path).catch(() => undefined))?.size;
  }

  async #write(path: string, content: Readable): Promise<number> {
    const file = await open(path, 'w', 0o600);
    try {
      let bytes = 0;
      let look = LOOK_BYTES;
      for await (const piece of content) {
        await file.writeFile(piece as Buffer);
        bytes += (piece as Buffer).length;
        if (bytes < look) continue;
        look = bytes + LOOK_BYTES;
        await this.#makeSure(0);
      }
      // The upload is acknowledged: from now on it must outlive a crash.
      await file.sync();
      return bytes;
    } finally {
      await file.close();
    }
  }

  async #makeSure(bytesMore: number): Promise<void> {
    const { bavail, bsize } = await statfs(this.#dir);
    const free = bavail * bsize;
    if (free - bytesMore >= this.#diskFreeBytesMin) return;
    throw new TributaryError(
      'disk_full',
      `The disk has ${free} bytes left, too few for this file and the ${this.#diskFreeBytesMin} that must stay free. Make room, or split the file.`,
    );
  }
}
