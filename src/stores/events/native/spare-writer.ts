import { ByteWriter } from './byte-writer.js';

/** Memory kept from one block for the next. */
const BYTES_KEPT_MAX = 32 * 1024 * 1024;

/** A writer that is used again: V8 collects all garbage whenever much of what lies outside of its heap is new. */
export class SpareWriter {
  #writer: ByteWriter | undefined;

  /** Lends the writer, or another one while that is lent; what was written is valid until the use resolves. */
  async lend<Result>(use: (writer: ByteWriter) => Promise<Result>): Promise<Result> {
    const writer = this.#writer ?? new ByteWriter();
    this.#writer = undefined;
    const result = await use(writer);
    writer.clear();
    if (writer.capacity <= BYTES_KEPT_MAX) this.#writer = writer;
    return result;
  }
}
