import { expect, test } from 'vitest';
import { campaignOf, NO_CAMPAIGN } from './campaign.js';

const ALL = {
  campaignSource: 'news',
  campaignMedium: 'email',
  campaignName: 'summer sale',
  campaignTerm: 'shoes',
  campaignContent: 'top',
};
const QUERY =
  'utm_source=news&utm_medium=email&utm_campaign=summer+sale&gclid=1&utm_term=shoes&utm_content=top';

const sourceOf = (search: string) => campaignOf({ page: { search } }).campaignSource;

test('context.campaign comes first, then the search, then the address', () => {
  const campaign = { source: 'news', medium: 'email', name: 'summer sale', term: 'shoes', content: 'top' };
  expect(campaignOf({ campaign, page: { search: '?utm_source=other' } })).toEqual(ALL);
  expect(
    campaignOf({ campaign: {}, page: { search: `?${QUERY}`, url: 'https://a.example/?utm_source=b' } }),
  ).toEqual(ALL);
  expect(campaignOf({ page: { search: QUERY } })).toEqual(ALL);
  expect(campaignOf({ page: { search: '', url: `https://a.example/b?${QUERY}#top` } })).toEqual(ALL);
});

test('the sources are not mixed', () => {
  expect(campaignOf({ campaign: { name: 'x' }, page: { search: '?utm_source=news' } })).toEqual({
    ...NO_CAMPAIGN,
    campaignName: 'x',
  });
});

test.each([
  ['?utm_source=caf%C3%A9', 'café'],
  ['?utm_source=a%2Bb+c%20d', 'a+b c d'],
  ['?utm_source=100%', '100%'],
  ['?utm_source=%C3%A9%ZZ%C3%A9+x', 'é%ZZé x'],
  ['?utm_source=%FF%E2%82%AC%C3', '%FF€%C3'],
  ['?utm_source=%ED%A0%80', '%ED%A0%80'],
  ['?utm_source=a%00b', 'a\uFFFDb'],
  ['?utm_source=a=b', 'a=b'],
  ['?utm_source=&utm_source=second&utm_source=third', 'second'],
  ['?utm_source', ''],
  ['?xutm_source=x', ''],
  ['utm_source=x', 'x'],
])('%s is read as %s', (search, expected) => {
  expect(sourceOf(search)).toBe(expected);
});

test('parameters after # are no query, and those of an address without a query are none', () => {
  expect(campaignOf({ page: { url: 'https://a.example/#/x?utm_source=y' } })).toBe(NO_CAMPAIGN);
  expect(campaignOf({ page: { url: 'https://a.example/utm_source=y' } })).toBe(NO_CAMPAIGN);
});

test('long values are cut, and no half character is left', () => {
  expect(sourceOf(`?utm_source=${'x'.repeat(300_000)}`)).toHaveLength(512);
  const emoji = sourceOf(`?utm_source=x${'%F0%9F%98%80'.repeat(400)}`);
  expect(emoji).toHaveLength(512);
  expect(emoji.isWellFormed()).toBe(true);
});

test('numbers are read as text, other types not at all', () => {
  expect(campaignOf({ campaign: { name: 2024, source: { a: 1 }, term: null } })).toEqual({
    ...NO_CAMPAIGN,
    campaignName: '2024',
  });
  expect(campaignOf({ campaign: 'news', page: [] })).toBe(NO_CAMPAIGN);
});
