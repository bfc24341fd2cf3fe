import type { SendContext } from '../destination.js';
import { textOf } from '../read-values.js';

/** A write to a database, as it is kept with the attempt. */
export interface RecordedWrite {
  /** Of the address that is shown, such as `mysql`. */
  readonly scheme: string;
  readonly port: number;
  /** The statement, and what it is given. */
  readonly body: string;
}

/** Carries a write out and keeps it with its answer; in a dry run only the former is kept. @param write answers how many rows it wrote. */
export async function recordedWrite(
  { settings, now, record, dryRun }: SendContext,
  { scheme, port, body }: RecordedWrite,
  write: () => Promise<number | null>,
): Promise<void> {
  const host = `${textOf(settings, 'host')}:${settings.port ?? port}`;
  const url = `${scheme}://${host}/${textOf(settings, 'database')}`;
  const request = { method: 'SQL', url, headers: {}, body };
  if (dryRun) return record({ request, tookMs: 0 });
  const startedAt = now();
  const answered = (status: number, said: string) =>
    record({ request, response: { status, headers: {}, body: said }, tookMs: now() - startedAt });
  try {
    answered(200, `${await write()} rows`);
  } catch (error) {
    answered(0, (error as Error).message);
    throw error;
  }
}
