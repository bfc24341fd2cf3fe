import crawlers from 'crawler-user-agents';
import { expect, test } from 'vitest';
import { isBot } from './bot.js';

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
