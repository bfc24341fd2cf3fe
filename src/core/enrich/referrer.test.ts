import { expect, test } from 'vitest';
import { createReferrerHostOf } from './referrer.js';

const referrerHostOf = createReferrerHostOf();

test.each([
  ['https://www.google.com/search?q=a', 'google.com'],
  ['HTTP://News.Example.COM:8080', 'news.example.com'],
  ['https://user:secret@a.example?x', 'a.example'],
  ['https://www.bücher.example/a', 'xn--bcher-kva.example'],
  ['https://xn--bcher-kva.example./a', 'xn--bcher-kva.example'],
  ['android-app://com.Google.android.gm/', 'com.google.android.gm'],
  ['https://www.com/', 'www.com'],
  ['http://192.0.2.1/x', '192.0.2.1'],
  ['http://[2001:db8::1]:80/', '[2001:db8::1]'],
  ['https://a.example\\b', 'a.example'],
  ['ftp://a.example/', ''],
  ['javascript:alert(1)', ''],
  ['about:blank', ''],
  ['https://', ''],
  ['https:///path', ''],
  ['https://a b.example/', ''],
  [`https://${'a'.repeat(100_000)}/`, ''],
  ['google.com', ''],
  ['', ''],
  [7, ''],
])('%s comes from %s', (referrer, host) => {
  expect(referrerHostOf({ page: { referrer } })).toBe(host);
  expect(referrerHostOf({ page: { referrer: '' }, referrer: { url: referrer } })).toBe(host);
});

test('the own site is no referrer; another host of it is', () => {
  const from = (referrer: string) =>
    referrerHostOf({ page: { url: 'https://www.Shop.example:8443/a?b', referrer } });
  expect(from('http://shop.example/')).toBe('');
  expect(from('https://blog.shop.example/')).toBe('blog.shop.example');
  expect(from('https://shop.example.evil.example/')).toBe('shop.example.evil.example');
});

test('context.page.referrer comes before context.referrer.url', () => {
  const context = { page: { referrer: 'https://a.example/' }, referrer: { url: 'https://b.example/' } };
  expect(referrerHostOf(context)).toBe('a.example');
  expect(referrerHostOf({ page: 'x', referrer: 'https://b.example/' })).toBe('');
});
