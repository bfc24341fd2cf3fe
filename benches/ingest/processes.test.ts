import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { diskBytes, parseStat, treeCpu, treeMemory, watchMemory } from './processes.js';

const onLinux = test.runIf(process.platform === 'linux');

test('a stat line is read, whatever the process is called', () => {
  const line = '42 (a) b (c) S 7 42 42 0 -1 4194304 100 0 0 0 150 50 20 30 20 0 1 0 146244 3133440 348';
  expect(parseStat(line)).toEqual({ pid: 42, parent: 7, name: 'a) b (c', cpuSeconds: 2.5 });
});

describe('a tree of processes', () => {
  onLinux(
    'counts the CPU of children that live in another group and of those that ended, and the memory of all',
    async () => {
      // A child that burns and ends, then a detached one that burns, holds 60 MB and stays.
      const burn = 'while (process.cpuUsage().user < 300_000);';
      const stay = `${burn} const held = Buffer.alloc(60e6, 1); console.log('up'); setTimeout(() => held, 60000);`;
      const root = `const { spawn } = require('node:child_process');
      spawn(process.execPath, ['-e', ${JSON.stringify(burn)}]).on('exit', () => {
        const child = spawn(process.execPath, ['-e', ${JSON.stringify(stay)}], { detached: true, stdio: ['ignore', 1, 2] });
        process.on('SIGTERM', () => { child.kill(); process.exit(); });
      });`;
      const child = spawn(process.execPath, ['-e', root], { stdio: ['ignore', 'pipe', 'inherit'] });
      const pid = child.pid as number; // it was spawned: it prints
      try {
        await once(child.stdout, 'data');
        const cpu = treeCpu(pid);
        expect(cpu.server).toBeGreaterThan(0.25); // the ended child is booked on its parent
        expect(cpu.other).toBeGreaterThan(0.25);
        expect(cpu.postgres).toBe(0);
        const memory = await treeMemory(pid);
        expect(memory.processes).toBe(2);
        expect(memory.pssBytes).toBeGreaterThan(60e6 + memory.serverPssBytes);
        expect(memory.anonymousBytes).toBeGreaterThan(60e6);
        const watch = watchMemory(pid, 10);
        await new Promise((resolve) => setTimeout(resolve, 50));
        expect((await watch.stop()).processes).toBe(2);
      } finally {
        child.kill();
        await once(child, 'exit');
      }
    },
  );

  onLinux('is empty for a process that is not there', async () => {
    expect(treeCpu(2 ** 22 + 1)).toEqual({ server: 0, postgres: 0, other: 0 });
    expect((await treeMemory(2 ** 22 + 1)).processes).toBe(0);
  });
});

test('disk bytes count what is allocated, in folders below too', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-disk-'));
  try {
    expect(await diskBytes(folder)).toBe(0);
    await writeFile(path.join(folder, 'file'), Buffer.alloc(100_000, 1), { flush: true });
    expect(await diskBytes(folder)).toBeGreaterThanOrEqual(100_000);
    expect(await diskBytes(path.join(folder, 'absent'))).toBe(0);
  } finally {
    await rm(folder, { recursive: true });
  }
});
