import { expect, test } from 'vitest';
import { RecordCutter } from './cut-records.js';

/** Cuts a text, in pieces of some lines, and shows each record as [line, text or fault]. */
function cut(text: string, delimiter: string | undefined = ',', pieceLines = 1000) {
  const cutter = new RecordCutter(delimiter, 1);
  let end = 0;
  const lines = text.split('\n').map((line) => {
    end += line.length + 1;
    return { text: line, end };
  });
  const records = [];
  for (let at = 0; at < lines.length; at += pieceLines)
    records.push(...cutter.push(lines.slice(at, at + pieceLines)));
  return [...records, ...cutter.end()];
}
const shown = (text: string, delimiter?: string) =>
  cut(text, delimiter).map(({ line, text, fault }) => [line, fault ? 'bad' : text]);

test('a line is a record, and a blank one is none', () => {
  expect(shown('a,b\n\n \nc,d')).toEqual([
    [1, 'a,b'],
    [4, 'c,d'],
  ]);
});

test('a quoted value may go on over lines', () => {
  expect(shown('1,"a\n\nb, ""c""\nd",2\n3,"x"')).toEqual([
    [1, '1,"a\n\nb, ""c""\nd",2'],
    [5, '3,"x"'],
  ]);
});

test('a quote within a value is a character like any other', () => {
  expect(shown('5" disk,1\n6" disk,2')).toEqual([
    [1, '5" disk,1'],
    [2, '6" disk,2'],
  ]);
});

test('a quote that is not closed costs its own line', () => {
  expect(shown('1,ok\n2,"oops\n3,ok\n4,"fine",x\n5,ok')).toEqual([
    [1, '1,ok'],
    [2, 'bad'],
    [3, '3,ok'],
    [4, '4,"fine",x'],
    [5, '5,ok'],
  ]);
  expect(shown('1,"oops\n2,ok')).toEqual([
    [1, 'bad'],
    [2, '2,ok'],
  ]);
});

test('a quote that is not closed in a long file costs its own line, too', () => {
  const rest = Array.from({ length: 1000 }, (_, at) => `${at},x`);
  const records = cut(['1,"oops', ...rest].join('\n'), ',', 100);
  expect(records.length).toBe(1001);
  expect(records.filter(({ fault }) => fault !== undefined).map(({ line }) => line)).toEqual([1]);
});

test('other delimiters, and none', () => {
  expect(shown('1;"a\nb";2', ';')).toEqual([[1, '1;"a\nb";2']]);
  expect(shown('1\t"a\nb"\t2', '\t')).toEqual([[1, '1\t"a\nb"\t2']]);
  expect(
    new RecordCutter(undefined, 5).push([
      { text: '"a', end: 3 },
      { text: 'b"', end: 6 },
    ]),
  ).toEqual([
    { text: '"a', end: 3, line: 5, nextLine: 6 },
    { text: 'b"', end: 6, line: 6, nextLine: 7 },
  ]);
});

test('cutting can go on at the end of any record, with the same result', () => {
  const text = 'h,i\n1,"a\nb",2\n\n"x\n3,"oops\n4,"c",5\n';
  const all = cut(text);
  for (const [at, { end, nextLine }] of all.entries()) {
    const lines = text
      .slice(end)
      .split('\n')
      .map((line) => ({ text: line, end: 0 }));
    const cutter = new RecordCutter(',', nextLine);
    const rest = [...cutter.push(lines), ...cutter.end()];
    expect(rest.map(({ line, text: own, fault }) => [line, own, fault])).toEqual(
      all.slice(at + 1).map(({ line, text: own, fault }) => [line, own, fault]),
    );
  }
});
