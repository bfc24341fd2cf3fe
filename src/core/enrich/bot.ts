import crawlers from 'crawler-user-agents';

/**
 * Every pattern of the list in one expression: about 20 microseconds a user agent, so cache the answer. The patterns stand
 * bare between the bars: a group around each stops V8 from choosing among them by their first letters, and makes it 7 ms.
 */
const CRAWLER = new RegExp(crawlers.map(({ pattern }) => pattern).join('|'));

/** Tags of those that a person may stand behind: servers and apps send by such libraries, and tests drive browsers. */
const PERSONAL = ['http-library', 'browser-automation'];
// The library's declarations leave the tags out.
const tagged: ReadonlyArray<{ readonly pattern: string; readonly tags?: readonly string[] }> = crawlers;
const NO_PERSON = new RegExp(
  tagged
    .filter(({ tags }) => !tags?.some((tag) => PERSONAL.includes(tag)))
    .map(({ pattern }) => pattern)
    .join('|'),
);

/** True when no person is behind the user agent: search engines, monitors, previews and their like. */
export function isCrawler(userAgent: string): boolean {
  return NO_PERSON.test(userAgent);
}

/** True when the user agent is on the crawler-user-agents list, which has headless browsers and HTTP libraries too. */
export function isBot(userAgent: string): boolean {
  return CRAWLER.test(userAgent);
}
