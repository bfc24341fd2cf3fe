import { expect, it } from 'vitest';
import { allowedFunctions, type KnownFunction } from './allowed-functions.js';

function aFunction(name: string, categories: string, given: Partial<KnownFunction> = {}): KnownFunction {
  return {
    ...{ name, categories, aliasTo: '', origin: 'System', caseInsensitive: 0, isAggregate: 0 },
    ...given,
  };
}

const mayCall = allowedFunctions(
  [
    aFunction('lower', 'String', { caseInsensitive: 1 }),
    aFunction('lcase', '', { aliasTo: 'lower', caseInsensitive: 1 }),
    aFunction('sum', 'Aggregate Functions', { isAggregate: 1 }),
    aFunction('hostName', 'Other'),
    aFunction('hostname', '', { aliasTo: 'hostName', caseInsensitive: 1 }),
    aFunction('bar', 'Other'),
    aFunction('format', 'String Replacement'),
    aFunction('formatRow', 'Type Conversion'),
    aFunction('mine', 'String', { origin: 'SQLUserDefined' }),
    aFunction('brandNew', 'A New Category'),
    aFunction('unfiled', ''),
  ],
  ['format', 'file'],
);

it('lets through what only computes, by its category, its real name and in its own case', () => {
  for (const name of ['lower', 'LOWER', 'lcase', 'LCase', 'sum', 'bar', 'lambda'])
    expect(mayCall(name), name).toBe(true);
  for (const name of ['sumIf', 'sumArrayIf', 'sumOrNullIf', 'sumMergeState'])
    expect(mayCall(name), name).toBe(true);
});

it('lets nothing else through', () => {
  for (const name of [
    'hostName',
    'hostname',
    'HOSTNAME',
    'SUM',
    'Bar',
    'brandNew',
    'unfiled',
    'unknown',
    'file',
  ])
    expect(mayCall(name), name).toBe(false);
  // A name that stands for a table as well, functions that print any format, and those that somebody has made.
  for (const name of ['format', 'formatRow', 'mine']) expect(mayCall(name), name).toBe(false);
  for (const name of ['If', 'lowerIf', 'hostNameIf', 'sumFile', '']) expect(mayCall(name), name).toBe(false);
});
