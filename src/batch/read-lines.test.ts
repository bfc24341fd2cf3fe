import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Line } from '../core/import/cut-records.js';
import { readLines } from './read-lines.js';

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tributary-lines-'));
});
afterAll(() => rm(dir, { recursive: true }));

async function linesOf(content: string | Buffer, from = 0): Promise<Line[]> {
  const path = join(dir, 'file');
  await writeFile(path, content);
  const lines: Line[] = [];
  for await (const some of readLines(path, from)) lines.push(...some);
  return lines;
}

test('lines end with LF or CRLF, the last one also without', async () => {
  expect(await linesOf('a\r\n\nü\nlast')).toEqual([
    { text: 'a', end: 3 },
    { text: '', end: 4 },
    { text: 'ü', end: 7 },
    { text: 'last', end: 11 },
  ]);
  expect(await linesOf('')).toEqual([]);
});

test('reading can start after any line', async () => {
  expect(await linesOf('a\nb\nc', 2)).toEqual([
    { text: 'b', end: 4 },
    { text: 'c', end: 5 },
  ]);
});

test('lines that lie over the border of a piece are whole', async () => {
  const content = Array.from({ length: 300 }, (_, at) => `${at}${'é'.repeat(1000)}`);
  const lines = await linesOf(content.join('\n'));
  expect(lines.map(({ text }) => text)).toEqual(content);
  expect(lines.at(-1)?.end).toBe(Buffer.byteLength(content.join('\n')));
});

test('a mark at the start is no part of the text; UTF-16 is refused', async () => {
  expect(await linesOf('\uFEFFid\n\uFEFFx')).toMatchObject([{ text: 'id' }, { text: '\uFEFFx' }]);
  await expect(linesOf(Buffer.from('\uFEFFid\n', 'utf16le'))).rejects.toThrow(
    'The file is in UTF-16. Save it as UTF-8, and import that.',
  );
});

test('a line beyond all bounds is cut, and the next one is read', async () => {
  const lines = await linesOf(`a\n${'x'.repeat(3_000_000)}\nb`);
  expect(lines.map(({ text }) => text.length)).toEqual([1, 1024, 1]);
  expect(lines[1]?.fault).toBe('The line has 3000000 bytes; 1048576 are allowed.');
  expect(lines.map(({ end }) => end)).toEqual([2, 3_000_003, 3_000_004]);
});
