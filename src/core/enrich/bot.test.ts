import crawlers from 'crawler-user-agents';
import { expect, test } from 'vitest';
import { isBot, isCrawler } from './bot.js';

test('every crawler of the list is told by every user agent that the list knows of it', () => {
  const instances = crawlers.flatMap((crawler) => crawler.instances);
  expect(instances.length).toBeGreaterThan(1_000);
  expect(instances.filter((userAgent) => !isBot(userAgent))).toEqual([]);
});

test('people are not bots, and telling so takes microseconds, not milliseconds', () => {
  const started = performance.now();
  for (let i = 0; i < 1_000; i += 1) {
    const chrome = `AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${i}.0.0.0 Safari/537.36`;
    expect(isBot(`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${chrome}`)).toBe(false);
  }
  expect(performance.now() - started).toBeLessThan(1_000);
  expect(isBot('')).toBe(false);
});

test('behind a crawler is no person; behind an app, a server or a driven browser there may be one', () => {
  expect(isCrawler('Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)')).toBe(true);
  for (const userAgent of [
    'okhttp/4.9.0',
    'axios/1.2',
    'curl/8.5.0',
    'Mozilla/5.0 HeadlessChrome/147.0 Safari/537.36',
  ]) {
    expect([isBot(userAgent), isCrawler(userAgent)]).toEqual([true, false]);
  }
});
