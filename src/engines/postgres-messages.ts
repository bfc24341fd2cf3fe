import type { EngineLogger } from './engine-logger.js';

const LINES_KEPT = 12;
const LINE = /^(DEBUG\d?|INFO|NOTICE|LOG|WARNING|ERROR|FATAL|PANIC): {1,2}(.*)$/;

/** Passes PostgreSQL's stderr on to our logger, line by line, and keeps the last lines for an error's message. */
export class PostgresMessages {
  readonly #logger: EngineLogger;
  readonly #last: string[] = [];
  #rest = '';
  /** While starting, refusals are expected: our own knocking makes them. They are told as details. */
  starting = true;

  constructor(logger: EngineLogger) {
    this.#logger = logger;
  }

  /** The last lines, oldest first, as one line. */
  get tail(): string {
    return this.#last.join(' / ');
  }

  includes(text: string): boolean {
    return this.#last.some((line) => line.includes(text));
  }

  write(chunk: Buffer): void {
    const lines = (this.#rest + chunk.toString()).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#line(line);
  }

  #line(line: string): void {
    if (line.trim() === '') return;
    this.#last.push(line);
    if (this.#last.length > LINES_KEPT) this.#last.shift();
    const [, level, text = line] = LINE.exec(line) ?? [];
    const message = `PostgreSQL: ${text}`;
    if (level === 'PANIC') this.#logger.error(message);
    else if (this.starting || level === 'LOG' || level === undefined) this.#logger.debug(message);
    else this.#logger.warn(message);
  }
}
