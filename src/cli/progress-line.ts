/** One line on standard error that is written over and over; nothing at all where no terminal reads it. */
export interface ProgressLine {
  /** Shows a text, at most five times a second. */
  show(text: () => string): void;
  /** Clears the line, and leaves a last word there if one is given. */
  end(last?: string): void;
}

const SHOW_EVERY_MS = 200;

/** Makes the line; the stream is an argument for tests. */
export function createProgressLine(
  stream: Pick<NodeJS.WriteStream, 'isTTY' | 'write'> = process.stderr,
): ProgressLine {
  let shownMs = Number.NEGATIVE_INFINITY;
  return {
    show(text) {
      const nowMs = performance.now();
      if (!stream.isTTY || nowMs - shownMs < SHOW_EVERY_MS) return;
      shownMs = nowMs;
      stream.write(`\r\u001b[K${text()}`);
    },
    end(last) {
      if (stream.isTTY) stream.write('\r\u001b[K');
      if (last !== undefined) stream.write(`${last}\n`);
    },
  };
}
