import crawlers from 'crawler-user-agents';

/**
 * Every pattern of the list in one expression: about 20 microseconds a user agent, so cache the answer. The patterns stand
 * bare between the bars: a group around each stops V8 from choosing among them by their first letters, and makes it 7 ms.
 */
const CRAWLER = new RegExp(crawlers.map(({ pattern }) => pattern).join('|'));

/** True when the user agent is on the crawler-user-agents list, which has headless browsers and HTTP libraries too. */
export function isBot(userAgent: string): boolean {
  return CRAWLER.test(userAgent);
}
