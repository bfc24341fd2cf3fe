/** The ways in which a server under load is hit. Each resolves when the server is ready again. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Random } from '../../src/core/demo/random.js';
import { FAULT_POINTS } from '../../src/process/fault.js';
import type { RunningServer } from '../harness/running-server.js';

const LOAD_MS_MIN = 60;
const LOAD_MS_MAX = 900;
/** A fault point that is not reached by then would be a stall. */
const FAULT_MS_MAX = 20_000;
/** Batches until a fault point strikes. */
const FAULT_NTH_MAX = 4;

/** A blow: strikes the server, which is up and under load. */
export interface Blow {
  readonly name: string;
  readonly strike: (server: RunningServer, random: Random) => Promise<void>;
}

const GROUP: Blow = {
  name: 'kill -9 of the group',
  async strike(server, random) {
    await underLoad(random);
    await server.kill();
    await again(server);
  },
};

const STARTING: Blow = {
  name: 'kill -9 of the group while it starts',
  async strike(server, random) {
    await server.kill();
    await server.launch();
    await sleep(random.int(100, 1_500));
    await server.kill();
    await again(server);
  },
};

const NODE: Blow = {
  name: 'kill -9 of node alone',
  async strike(server, random) {
    await underLoad(random);
    server.signal('SIGKILL');
    await server.ended();
    await again(server);
  },
};

const POSTMASTER: Blow = {
  name: 'kill -9 of the postmaster alone',
  async strike(server, random) {
    await underLoad(random);
    process.kill(await postmasterOf(server), 'SIGKILL');
    await sleep(100);
    await server.ready();
  },
};

const BACKEND: Blow = {
  name: 'kill -9 of a backend',
  async strike(server, random) {
    await underLoad(random);
    process.kill(random.pick(await backendsOf(server)), 'SIGKILL');
    await sleep(100);
    await server.ready();
  },
};

const ORDERLY: Blow = {
  name: 'SIGTERM',
  async strike(server, random) {
    await underLoad(random);
    server.signal('SIGTERM');
    expect(await server.ended(), 'the exit code of an orderly stop').toBe(0);
    await again(server);
  },
};

/** The segment that changes meanwhile. */
export const BUSY = 'busy';

/** Steps of audiences are struck by the simulation, which has some. */
const FAULTS = FAULT_POINTS.filter((point) => !point.startsWith('sync')).map(
  (point): Blow => ({
    name: `kill -9 at ${point}`,
    async strike(server, random) {
      await server.kill();
      await server.launch({ TRIBUTARY_TEST_FAULT: `${point}:${random.int(1, FAULT_NTH_MAX)}` });
      const late = sleep(FAULT_MS_MAX, 'late', { ref: false });
      const output = server.output.length;
      if (point.startsWith('operation')) void rebuildUntilEnd(server);
      if (point.startsWith('segment')) void redefineUntilEnd(server, random);
      if ((await Promise.race([server.ended(), late])) === 'late') {
        const ledger = await server.ledger().catch(String);
        throw new Error(
          `${point} was not reached: ${JSON.stringify(ledger)}\n${server.output.slice(output)}`,
        );
      }
      await again(server);
    },
  }),
);

/** Gives a segment other definitions again and again: everybody has to be gone through for each. */
async function redefineUntilEnd(server: RunningServer, random: Random): Promise<void> {
  let isOver = false;
  void server.ended().then(() => {
    isOver = true;
  });
  while (!isOver) {
    const definition = { kind: 'events', is: { op: 'gte', value: random.int(2, 9) } };
    // Not ready yet, or gone.
    await server.admin(`/segments/${BUSY}`, { definition }, 'PATCH').catch(() => {});
    await sleep(100);
  }
}

/** Makes all profiles anew again and again: they come out as they were, whenever it is cut short. */
async function rebuildUntilEnd(server: RunningServer): Promise<void> {
  await server.ready().catch(() => {});
  for (let alive = true; alive; ) {
    alive = await server.admin('/identity/rebuild', {}, 'POST').then(
      () => true,
      () => false,
    );
  }
}

/** As many blows as wanted, every kind among the first 14, in an order of the seed's. */
export function blowsOf(random: Random, count: number): Blow[] {
  const every = [...FAULTS, GROUP, GROUP, STARTING, NODE, POSTMASTER, BACKEND, ORDERLY];
  const inserted = FAULTS[FAULT_POINTS.indexOf('events_inserted')] ?? GROUP;
  const more = [GROUP, GROUP, NODE, BACKEND, inserted];
  const all = Array.from({ length: count }, (_, nth) => every[nth] ?? random.pick(more));
  return all
    .map((blow) => ({ blow, place: random.next() }))
    .sort((a, b) => a.place - b.place)
    .map(({ blow }) => blow);
}

async function underLoad(random: Random): Promise<void> {
  await sleep(random.int(LOAD_MS_MIN, LOAD_MS_MAX));
}

async function again(server: RunningServer): Promise<void> {
  await server.launch();
  await server.ready();
}

async function postmasterOf(server: RunningServer): Promise<number> {
  const text = await readFile(join(server.dataDir, 'postgres', 'data', 'postmaster.pid'), 'utf8');
  const pid = Number.parseInt(text, 10);
  if (!(pid > 1)) throw new Error('There is no postmaster');
  return pid;
}

/** Processes of the postmaster that serve a connection. */
async function backendsOf(server: RunningServer): Promise<number[]> {
  const postmaster = await postmasterOf(server);
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const serving = await Promise.all(
    pids.map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
      if (Number(stat.slice(stat.lastIndexOf(')')).split(' ')[2]) !== postmaster) return false;
      return /^postgres: tributary /.test(await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''));
    }),
  );
  return pids.filter((_, index) => serving[index]).map(Number);
}
