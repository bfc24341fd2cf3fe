import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { RunningServer } from '../harness/running-server.js';

const LIVE_MS_MAX = 60_000;

/** Checks that those who were told to be in a segment are those whom its definition means. The server must have settled. */
export async function auditSegment(server: RunningServer, id: string): Promise<void> {
  const read = () =>
    server.admin<{ status: string; size: number; error: string | null; definition: object }>(
      `/segments/${id}`,
    );
  let segment = await read();
  for (let waited = 0; segment.status !== 'live' && waited < LIVE_MS_MAX; waited += 100) {
    await sleep(100);
    segment = await read();
  }
  expect(segment).toMatchObject({ status: 'live', error: null });
  const { definition, size } = segment;
  const meant = await server.admin<{ size: number }>('/segments/preview', { definition }, 'POST');
  expect(meant.size).toBeGreaterThan(0);
  expect(size, 'members told, and people meant').toBe(meant.size);
}
