import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { parseMapping } from '../core/import/mapping.js';
import type { JsonObject, JsonValue } from '../core/json.js';
import { action, UsageError } from './action.js';
import type { Client, ServerOptions } from './client.js';
import { createClient, ServerUnreachable, withServerOptions } from './client.js';
import type { ProgressLine } from './progress-line.js';
import { createProgressLine } from './progress-line.js';

interface ImportOptions extends ServerOptions {
  readonly mapping: string;
  readonly source?: string;
  readonly wait: boolean;
}

/** An import as the API shows it. */
interface ShownImport {
  readonly id: string;
  readonly sourceId: string;
  readonly status: 'waiting_for_file' | 'queued' | 'running' | 'done' | 'failed' | 'cancelled';
  readonly rowsRead: number;
  readonly rejected: number;
  readonly doneShare: number;
  readonly rowsPerSecond: number | null;
  readonly secondsLeft: number | null;
  readonly error: string | null;
}

const UPLOAD_MS_MAX = 24 * 60 * 60 * 1000;
const POLL_MS = 250;
/** How long a server that is being started again may be away. */
const AWAY_MS_MAX = 60_000;

/** `tributary import`: sends a file to the server, which maps its rows to calls. */
export function registerImport(program: Command): void {
  const command = program
    .command('import')
    .description('import a CSV, TSV, JSON lines, Parquet or plain text file')
    .argument('<file>', 'the file; one that ends in .gz is unpacked by the server')
    .requiredOption('--mapping <file>', 'how rows become calls: a JSON file (docs/import.md)')
    .option('--source <name>', 'source to import as, made when missing (default: name of the mapping file)')
    .option('--no-wait', 'do not wait for the end: the server goes on by itself')
    .addHelpText('after', EXAMPLES);
  withServerOptions(command).action(action(runImport));
}

const EXAMPLES = `
Examples:
  tributary import purchases.txt --mapping docs/examples/cdnow.mapping.json --source "Till"
  tributary import contacts.csv.gz --mapping contacts.mapping.json --no-wait`;

async function runImport(file: string, options: ImportOptions): Promise<void> {
  const mapping = await readMapping(options.mapping);
  const bytes = await sizeOf(file);
  const client = createClient(options);
  const name = options.source ?? basename(options.mapping).replace(/(\.mapping)?\.json$/i, '');
  const created = await ask(client, '', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ source: { name }, file: basename(file), mapping }),
  });
  const progress = createProgressLine();
  const uploaded = await upload(client, created.id, file, bytes, progress);
  progress.end();
  process.stdout.write(`Import ${uploaded.id} into the source "${name}" has its file.\n`);
  if (!options.wait) {
    process.stdout.write(
      `The server goes on by itself. Look at it: ${client.url}/api/v1/imports/${uploaded.id}\n`,
    );
    return;
  }
  const letGo = onInterrupt(() => {
    progress.end(`The import goes on in the server. Look at it: ${client.url}/api/v1/imports/${uploaded.id}`);
    process.exit(130);
  });
  const ended = await follow(client, uploaded, progress).finally(letGo);
  progress.end();
  await report(client, ended);
}

/** @throws UsageError or TributaryError, naming what is wrong with the mapping. */
async function readMapping(path: string): Promise<JsonObject> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new UsageError(`The mapping ${path} cannot be read: ${error.message}.`);
  });
  let given: JsonValue;
  try {
    given = JSON.parse(text) as JsonValue;
  } catch (error) {
    throw new UsageError(`The mapping ${path} is not JSON: ${(error as Error).message}.`);
  }
  return parseMapping(given) as unknown as JsonObject;
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch((error: Error) => {
    throw new UsageError(`The file ${path} cannot be read: ${error.message}.`);
  });
  if (!found.isFile()) throw new UsageError(`${path} is no file.`);
  return found.size;
}

async function ask(client: Client, path: string, init?: Parameters<Client['ask']>[1]): Promise<ShownImport> {
  return (await client.ask(`/api/v1/imports${path}`, init)) as unknown as ShownImport;
}

async function upload(
  client: Client,
  id: string,
  file: string,
  bytes: number,
  progress: ProgressLine,
): Promise<ShownImport> {
  let sent = 0;
  const content = createReadStream(file, { highWaterMark: 256 * 1024 });
  content.on('data', (piece) => {
    sent += piece.length;
    progress.show(() => `sending ${share(bytes === 0 ? 1 : sent / bytes)} of ${megabytes(bytes)}`);
  });
  content.pause();
  const letGo = onInterrupt(() => {
    progress.end('Interrupted while the file was being sent: nothing was imported.');
    process.exit(130);
  });
  const encoding: Record<string, string> = file.endsWith('.gz') ? { 'content-encoding': 'gzip' } : {};
  return ask(client, `/${id}/content`, {
    method: 'PUT',
    headers: { 'content-type': 'application/octet-stream', ...encoding },
    body: Readable.toWeb(content) as ReadableStream,
    duplex: 'half',
    timeoutMs: UPLOAD_MS_MAX,
  }).finally(letGo);
}

/** Asks until the import has ended. Bears a server that is away for a while: it takes the import up again. */
async function follow(client: Client, uploaded: ShownImport, progress: ProgressLine): Promise<ShownImport> {
  let seenMs = performance.now();
  for (let last = uploaded; ; ) {
    if (last.status !== 'queued' && last.status !== 'running') return last;
    progress.show(() => progressOf(last));
    await sleep(POLL_MS);
    try {
      last = await ask(client, `/${uploaded.id}`);
      seenMs = performance.now();
    } catch (error) {
      if (!(error instanceof ServerUnreachable) || performance.now() - seenMs > AWAY_MS_MAX) throw error;
      progress.show(() => 'the server does not answer; waiting for it to be started again');
    }
  }
}

function progressOf({
  status,
  rowsRead,
  doneShare,
  rowsPerSecond,
  secondsLeft,
  rejected,
}: ShownImport): string {
  if (status === 'queued') return 'waiting for its turn';
  const rate = rowsPerSecond === null ? '' : `, ${rowsPerSecond} rows/s`;
  const left = secondsLeft === null ? '' : `, ${secondsLeft} s left`;
  return `${rowsRead} rows, ${share(doneShare)}${rate}${left}${rejected > 0 ? `, ${rejected} rejected` : ''}`;
}

async function report(client: Client, ended: ShownImport): Promise<void> {
  const { id, sourceId, status, rowsRead, rejected, error } = ended;
  const lines = [
    `${status === 'done' ? 'Done' : status === 'failed' ? 'Failed' : 'Cancelled'}: ${rowsRead} rows read, ${rejected} of them rejected.`,
  ];
  if (error !== null) lines.push(error);
  const ledger = await client.ask('/api/v1/ledger');
  const own = (ledger.sources as JsonObject[]).find((source) => source.sourceId === sourceId);
  if (own !== undefined) {
    lines.push(
      `The source so far: ${own.processed} events processed, ${own.duplicate} repeats that changed nothing.`,
    );
  }
  if (rejected > 0)
    lines.push(`The rejected rows, with line and reason: ${client.url}/api/v1/rejected?receipt=${id}`);
  process.stdout.write(`${lines.join('\n')}\n`);
  if (status !== 'done') process.exitCode = 1;
}

function onInterrupt(work: () => void): () => void {
  process.once('SIGINT', work);
  return () => process.off('SIGINT', work);
}

function share(part: number): string {
  return `${Math.floor(part * 100)}%`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
