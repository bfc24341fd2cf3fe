import { readdirSync, readFileSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** CPU-seconds of a process tree since it began, children that ended included. */
export interface TreeCpu {
  /** The process at the root: HTTP, pipeline, and the embedded ClickHouse. */
  readonly server: number;
  readonly postgres: number;
  readonly other: number;
}

/** Memory of a process tree, in bytes. */
export interface TreeMemory {
  /** Sum of PSS: a page that several processes share, such as PostgreSQL's buffers, counts once. */
  readonly pssBytes: number;
  /** Sum of anonymous resident memory: without files and shared memory. */
  readonly anonymousBytes: number;
  readonly serverPssBytes: number;
  readonly postgresPssBytes: number;
  readonly processes: number;
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  readonly cpuSeconds: number;
}

type Part = 'server' | 'postgres' | 'other';

/** Linux counts CPU in hundredths of a second on every architecture that Node.js runs on (`getconf CLK_TCK`). */
const TICKS_PER_SECOND = 100;

/** CPU of the process and all its descendants, whatever group or session they are in. */
export function treeCpu(root: number): TreeCpu {
  const sums = { server: 0, postgres: 0, other: 0 };
  for (const process of listTree(root)) sums[partOf(process, root)] += process.cpuSeconds;
  return sums;
}

/**
 * Memory of the process and all its descendants now. Where the kernel gives no PSS, resident size stands in.
 * `strangers` collects the processes outside the tree, which later calls with the same set do not read again.
 */
export async function treeMemory(root: number, strangers = new Set<number>()): Promise<TreeMemory> {
  const tree = listTree(root, strangers);
  const parts = await Promise.all(tree.map((process) => readMemory(process.pid)));
  const sums = { server: 0, postgres: 0, other: 0 };
  let anonymousBytes = 0;
  for (const [index, process] of tree.entries()) {
    const memory = parts[index];
    if (memory === undefined) continue; // ended since it was listed
    sums[partOf(process, root)] += memory.pss;
    anonymousBytes += memory.anonymous;
  }
  return {
    pssBytes: sums.server + sums.postgres + sums.other,
    anonymousBytes,
    serverPssBytes: sums.server,
    postgresPssBytes: sums.postgres,
    processes: tree.length,
  };
}

/** Watches the memory of a tree from its start until `stop`, which returns the reading with the largest PSS. */
export function watchMemory(root: number, everyMs = 250): { stop(): Promise<TreeMemory> } {
  const stopped = new AbortController();
  const watched = (async () => {
    const strangers = new Set<number>();
    let peak = await treeMemory(root, strangers);
    while (!stopped.signal.aborted) {
      await setTimeout(everyMs, undefined, { signal: stopped.signal }).catch(() => {});
      const memory = await treeMemory(root, strangers);
      if (memory.pssBytes > peak.pssBytes) peak = memory;
    }
    return peak;
  })();
  watched.catch(() => {}); // the reader of `stop` gets it
  return {
    stop: () => {
      stopped.abort();
      return watched;
    },
  };
}

/** Bytes that a folder takes on disk, all below it included; files that vanish meanwhile count nothing. */
export async function diskBytes(folder: string): Promise<number> {
  let bytes = 0;
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const name = path.join(folder, entry.name);
    if (entry.isDirectory()) bytes += await diskBytes(name);
    else if (entry.isFile())
      bytes += await stat(name).then(
        (found) => found.blocks * 512,
        () => 0,
      );
  }
  return bytes;
}

/** Sizes of the folders directly inside a folder. */
export async function diskBytesByFolder(folder: string): Promise<Record<string, number>> {
  const sizes: Record<string, number> = {};
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) sizes[entry.name] = await diskBytes(path.join(folder, entry.name));
  }
  return sizes;
}

/** The process and its descendants. */
function listTree(root: number, strangers = new Set<number>()): Process[] {
  const found: Process[] = [];
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (Number.isNaN(pid) || strangers.has(pid)) continue;
    const process = readProcess(pid);
    if (process !== undefined) found.push(process);
  }
  const byParent = new Map<number, Process[]>();
  for (const process of found)
    byParent.set(process.parent, [...(byParent.get(process.parent) ?? []), process]);
  const tree = found.filter((process) => process.pid === root);
  for (const process of tree) tree.push(...(byParent.get(process.pid) ?? [])); // grows while it is walked
  const members = new Set(tree);
  for (const process of found) if (!members.has(process)) strangers.add(process.pid);
  return tree;
}

function readProcess(pid: number): Process | undefined {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return undefined; // ended
  }
}

/** Reads a line of `/proc/<pid>/stat`. The name stands in brackets and may hold spaces and brackets itself. */
export function parseStat(line: string): Process {
  const open = line.indexOf('(');
  const close = line.lastIndexOf(')');
  const fields = line.slice(close + 2).split(' ');
  // Counted from the third field (state): utime, stime, cutime and cstime are the 14th to the 17th.
  const ticks = [11, 12, 13, 14].reduce((sum, field) => sum + Number(fields[field]), 0);
  return {
    pid: Number(line.slice(0, open)),
    parent: Number(fields[1]),
    name: line.slice(open + 1, close),
    cpuSeconds: ticks / TICKS_PER_SECOND,
  };
}

function partOf(process: Process, root: number): Part {
  if (process.pid === root) return 'server';
  return process.name.startsWith('postgres') ? 'postgres' : 'other';
}

async function readMemory(pid: number): Promise<{ pss: number; anonymous: number } | undefined> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'latin1').catch(() => undefined);
  if (text !== undefined) return { pss: kilobytes(text, 'Pss'), anonymous: kilobytes(text, 'Anonymous') };
  const status = await readFile(`/proc/${pid}/status`, 'latin1').catch(() => undefined);
  if (status === undefined) return undefined;
  return { pss: kilobytes(status, 'VmRSS'), anonymous: kilobytes(status, 'RssAnon') };
}

function kilobytes(text: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) * 1024;
}
