import { describe, expect, test } from 'vitest';
import { isBot } from './bot.js';
import { fillFromSdk, NO_DEVICE, parseClientHints, parseUserAgent } from './user-agent.js';

const APPLE = 'AppleWebKit/605.1.15 (KHTML, like Gecko)';
const BLINK = 'AppleWebKit/537.36 (KHTML, like Gecko)';
const IPHONE = `Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) ${APPLE}`;
const WINDOWS = `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${BLINK}`;

/** What real clients send, and `browser version | os | device type`, with `| bot` for those on the crawler list. */
const CLIENTS: readonly (readonly [string, string])[] = [
  [`${WINDOWS} Chrome/126.0.0.0 Safari/537.36`, 'Chrome 126.0.0.0 | Windows | desktop'],
  [
    `${WINDOWS} Chrome/126.0.0.0 Safari/537.36 Edg/126.0.2592.87`,
    'Microsoft Edge 126.0.2592.87 | Windows | desktop',
  ],
  [`${WINDOWS} Chrome/124.0.0.0 Safari/537.36 OPR/110.0.0.0`, 'Opera 110.0.0.0 | Windows | desktop'],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0',
    'Firefox 127.0 | Windows | desktop',
  ],
  [
    'Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko',
    'Internet Explorer 11.0 | Windows | desktop',
  ],
  [
    `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${APPLE} Version/17.5 Safari/605.1.15`,
    'Safari 17.5 | macOS | desktop',
  ],
  [
    'Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:126.0) Gecko/20100101 Firefox/126.0',
    'Firefox 126.0 | Linux | desktop',
  ],
  [
    `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${BLINK} Chrome/126.0.0.0 Safari/537.36`,
    'Chrome 126.0.0.0 | Chrome OS | desktop',
  ],
  [`${IPHONE} Version/17.5 Mobile/15E148 Safari/604.1`, 'Safari 17.5 | iOS | mobile'],
  [`${IPHONE} CriOS/126.0.6478.54 Mobile/15E148 Safari/604.1`, 'Chrome 126.0.6478.54 | iOS | mobile'],
  [`${IPHONE} FxiOS/127.0 Mobile/15E148 Safari/605.1.15`, 'Firefox 127.0 | iOS | mobile'],
  [
    `${IPHONE} Mobile/15E148 [FBAN/FBIOS;FBAV/469.0.0.31.103;FBBV/608022213;FBDV/iPhone14,5]`,
    'Safari | iOS | mobile',
  ],
  [`${IPHONE} Mobile/15E148 YJApp-IOS jp.co.yahoo.ipn.appli/4.16.14`, 'Safari | iOS | mobile'],
  [
    `Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) ${APPLE} Version/16.6 Mobile/15E148 Safari/604.1`,
    'Safari 16.6 | iOS | tablet',
  ],
  [
    `Mozilla/5.0 (Linux; Android 10; K) ${BLINK} Chrome/126.0.0.0 Mobile Safari/537.36`,
    'Chrome 126.0.0.0 | Android | mobile',
  ],
  [
    `Mozilla/5.0 (Linux; Android 13; SM-X700) ${BLINK} Chrome/126.0.0.0 Safari/537.36`,
    'Chrome 126.0.0.0 | Android | tablet',
  ],
  [
    `Mozilla/5.0 (Linux; Android 14; SAMSUNG SM-S921B) ${BLINK} SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36`,
    'Samsung Internet for Android 25.0 | Android | mobile',
  ],
  [
    `Mozilla/5.0 (Linux; U; Android 13; en-us; 2201117TG) ${BLINK} Version/4.0 Chrome/109.0.5414.118 Mobile Safari/537.36 XiaoMi/MiuiBrowser/14.5.0`,
    'Miui 14.5.0 | Android | mobile',
  ],
  [
    'Mozilla/5.0 (Android 14; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0',
    'Firefox 127.0 | Android | mobile',
  ],
  ['Dalvik/2.1.0 (Linux; U; Android 12; SM-G991B Build/SP1A.210812.016)', ' | Android | mobile'],
  ['Dalvik/2.1.0 (Linux; U; Android 13; SM-T870 Build/TP1A.220624.014)', ' | Android | tablet'],
  [
    `Mozilla/5.0 (SMART-TV; LINUX; Tizen 6.0) ${BLINK} 76.0.3809.146/6.0 TV Safari/537.36`,
    'Tizen | Tizen | tv',
  ],
  [
    `Mozilla/5.0 (Web0S; Linux/SmartTV) ${BLINK} Chrome/87.0.4280.88 Safari/537.36 WebAppManager`,
    'WebOS Browser | WebOS | tv',
  ],
  [
    `Mozilla/5.0 (Linux; Android 7.1.2; AFTMM Build/NS6297; wv) ${BLINK} Version/4.0 Chrome/70.0.3538.110 Mobile Safari/537.36`,
    'Chrome 70.0.3538.110 | Android | tv',
  ],
  ['MyShop/3.2 CFNetwork/1220.1 Darwin/20.3.0', ' |  | '],
  ['AfterPay/1.0 (build 7)', ' |  | '],
  ['Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', 'Googlebot 2.1 |  |  | bot'],
  [
    `Mozilla/5.0 (X11; Linux x86_64) ${BLINK} HeadlessChrome/126.0.0.0 Safari/537.36`,
    'Chrome 126.0.0.0 | Linux | desktop | bot',
  ],
  ['curl/8.5.0', ' |  |  | bot'],
  ['python-requests/2.32.3', ' |  |  | bot'],
  ['Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)', ' |  |  | bot'],
];

test.each(CLIENTS)('reads %s', (userAgent, expected) => {
  const { browser, browserVersion, os, deviceType } = parseUserAgent(userAgent);
  const product = browserVersion === '' ? browser : `${browser} ${browserVersion}`;
  const line = `${product} | ${os} | ${deviceType}`;
  expect(isBot(userAgent) ? `${line} | bot` : line).toBe(expected);
});

test('hostile user agents are read in bounded time and to bounded texts', () => {
  const nested = [
    '1',
    '1.',
    'os 1 ',
    'Mozilla/',
    '(',
    ' ',
    '/',
    'Version/1.',
    'mac os x 1_',
    'Googlebo',
    '\u0000',
    '\ud800',
  ];
  for (const part of nested) {
    const userAgent = `iphone mac os x chrome/${part.repeat(1_024)}`.slice(0, 1_024);
    const started = performance.now();
    const device = parseUserAgent(userAgent);
    isBot(userAgent);
    expect(performance.now() - started, JSON.stringify(part)).toBeLessThan(200);
    expect(device.browserVersion.length).toBeLessThanOrEqual(32);
  }
  expect(parseUserAgent('')).toBe(NO_DEVICE);
  expect(parseUserAgent('Yahoo')).toEqual(NO_DEVICE);
});

describe('client hints', () => {
  const brands = (name: string) => [
    { brand: 'Not/A)Brand', version: '8' },
    { brand: 'Chromium', version: '126' },
    { brand: name, version: '126' },
  ];

  test('name the browser, not the engine or the made-up brand', () => {
    expect(parseClientHints({ brands: brands('Google Chrome'), mobile: false, platform: 'macOS' })).toEqual({
      browser: 'Chrome',
      browserVersion: '126',
      os: 'macOS',
      deviceType: 'desktop',
    });
    expect(parseClientHints({ brands: brands('Microsoft Edge').reverse() }).browser).toBe('Microsoft Edge');
    expect(parseClientHints({ brands: brands(' Not A;Brand') }).browser).toBe('Chromium');
  });

  test('prefer full versions', () => {
    const fullVersionList = [{ brand: 'Google Chrome', version: '126.0.6478.127' }];
    expect(parseClientHints({ brands: brands('Google Chrome'), fullVersionList }).browserVersion).toBe(
      '126.0.6478.127',
    );
  });

  test('tell phones from tablets', () => {
    expect(parseClientHints({ mobile: true, platform: 'Android' }).deviceType).toBe('mobile');
    expect(parseClientHints({ mobile: false, platform: 'Android' }).deviceType).toBe('tablet');
    expect(parseClientHints({ mobile: false, platform: 'Chromium OS' })).toMatchObject({
      os: 'Chrome OS',
      deviceType: 'desktop',
    });
  });

  test('of wrong types tell nothing', () => {
    expect(parseClientHints({ brands: 'Chrome', mobile: 'yes', platform: 7 })).toEqual(NO_DEVICE);
    expect(parseClientHints({ brands: [null, 3, {}, { brand: 5 }], fullVersionList: {} })).toEqual(NO_DEVICE);
  });
});

describe('mobile and server SDKs', () => {
  test.each([
    [{ os: { name: 'iOS', version: '17.5' }, device: { type: 'ios', model: 'iPhone14,5' } }, 'iOS', 'mobile'],
    [{ os: { name: 'iPadOS' }, device: { type: 'ios', model: 'iPad13,4' } }, 'iOS', 'tablet'],
    [{ device: { type: 'Android', model: 'Pixel 8' } }, 'Android', 'mobile'],
    [{ device: { type: 'android', model: 'SM-T870' } }, 'Android', 'tablet'],
    [{ os: { name: 'tvOS' }, device: { type: 'ios', model: 'AppleTV11,1' } }, 'tvOS', 'tv'],
    [{ os: { name: 'Mac OS X' }, device: { type: 'Desktop' } }, 'macOS', 'desktop'],
    [{ os: { name: 'Windows 11' } }, 'Windows', ''],
    [{ os: 'Linux', device: ['phone'] }, '', ''],
  ])('%j', (context, os, deviceType) => {
    expect(fillFromSdk(NO_DEVICE, context)).toEqual({ browser: '', browserVersion: '', os, deviceType });
  });

  test('add to the user agent, and do not overrule it', () => {
    const browser = parseUserAgent(`${WINDOWS} Chrome/126.0.0.0 Safari/537.36`);
    expect(fillFromSdk(browser, { os: { name: 'Linux' }, device: { type: 'phone' } })).toBe(browser);
    const app = parseUserAgent('MyShop/3.2 CFNetwork/1220.1 Darwin/20.3.0');
    expect(fillFromSdk(app, { os: { name: 'iOS' } })).toMatchObject({ os: 'iOS', deviceType: '' });
  });
});
