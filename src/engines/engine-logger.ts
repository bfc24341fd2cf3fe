/** Where an engine tells what happens to it. A pino logger fits. */
export interface EngineLogger {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

const nothing = () => {};
/** Tells nobody. */
export const SILENT: EngineLogger = { debug: nothing, info: nothing, warn: nothing, error: nothing };
