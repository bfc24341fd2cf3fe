import type { JsonObject } from '../json.js';
import type { Random } from './random.js';

/** Something that a person browses with. */
export interface Device {
  readonly kind: 'laptop' | 'phone' | 'tablet' | 'app';
  readonly userAgent: string;
  /** What the SDK tells of it: screen, and for the app device, os, app and network. */
  readonly context: JsonObject;
}

const WEB_LIBRARY = { name: 'analytics.js', version: 'next-1.84.3' };
const APP_LIBRARY = { name: 'analytics-react-native', version: '2.21.0' };

/** A laptop or desktop browser. */
export function laptop(random: Random): Device {
  const chrome = `${random.int(128, 138)}.0.0.0`;
  const firefox = `${random.int(128, 140)}.0`;
  const system = random.pick([
    'Windows NT 10.0; Win64; x64',
    'Macintosh; Intel Mac OS X 10_15_7',
    'X11; Linux x86_64',
  ]);
  const userAgent = random.pick([
    `Mozilla/5.0 (${system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${chrome} Safari/537.36`,
    `Mozilla/5.0 (${system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${chrome} Safari/537.36 Edg/${chrome}`,
    `Mozilla/5.0 (${system}; rv:${firefox}) Gecko/20100101 Firefox/${firefox}`,
    `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/${random.int(16, 18)}.4 Safari/605.1.15`,
  ]);
  const [width, height] = random.pick([
    [1440, 900],
    [1536, 864],
    [1920, 1080],
    [2560, 1440],
  ] as const);
  return {
    kind: 'laptop',
    userAgent,
    context: { library: WEB_LIBRARY, screen: { width, height, density: 2 } },
  };
}

/** A phone's browser. */
export function phone(random: Random): Device {
  const ios = random.int(16, 18);
  const userAgent = random.chance(0.55)
    ? `Mozilla/5.0 (iPhone; CPU iPhone OS ${ios}_${random.int(0, 6)} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/${ios}.5 Mobile/15E148 Safari/604.1`
    : `Mozilla/5.0 (Linux; Android ${random.int(12, 15)}; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${random.int(128, 138)}.0.0.0 Mobile Safari/537.36`;
  return {
    kind: 'phone',
    userAgent,
    context: { library: WEB_LIBRARY, screen: { width: 390, height: 844, density: 3 } },
  };
}

/** The tablet on the family's sofa. */
export function tablet(): Device {
  const userAgent =
    'Mozilla/5.0 (iPad; CPU OS 17_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.3 Mobile/15E148 Safari/604.1';
  return {
    kind: 'tablet',
    userAgent,
    context: { library: WEB_LIBRARY, screen: { width: 820, height: 1180, density: 2 } },
  };
}

/** The shop's own app on a phone. */
export function app(random: Random): Device {
  const ios = random.chance(0.55);
  const version = `${random.int(3, 4)}.${random.int(0, 9)}.0`;
  const os = ios
    ? { name: 'iOS', version: `${random.int(16, 18)}.${random.int(0, 6)}` }
    : { name: 'Android', version: `${random.int(12, 15)}` };
  const model = ios
    ? `iPhone${random.int(13, 17)},${random.int(1, 4)}`
    : random.pick(['Pixel 7', 'Pixel 8', 'Galaxy S23', 'Galaxy A54']);
  const userAgent = ios
    ? `FernFinch/${version} CFNetwork/1494.0.7 Darwin/23.4.0`
    : `Dalvik/2.1.0 (Linux; U; Android ${os.version}; ${model} Build/UP1A.231005.007)`;
  const context = {
    library: APP_LIBRARY,
    app: {
      name: 'Fern & Finch',
      version,
      build: String(random.int(300, 499)),
      namespace: 'example.fernandfinch.app',
    },
    device: {
      id: random.uuid(),
      type: os.name.toLowerCase(),
      model,
      manufacturer: ios ? 'Apple' : model.startsWith('Pixel') ? 'Google' : 'Samsung',
    },
    os,
    network: { wifi: random.chance(0.6), cellular: true },
  };
  return { kind: 'app', userAgent, context };
}

/** A crawler that runs the page's scripts. */
export function crawler(random: Random): Device {
  const userAgent = random.pick([
    'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Googlebot/2.1; +http://www.google.com/bot.html) Chrome/126.0.0.0 Safari/537.36',
    'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/116.0.1938.76 Safari/537.36',
    'Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)',
  ]);
  return {
    kind: 'laptop',
    userAgent,
    context: { library: WEB_LIBRARY, screen: { width: 1024, height: 768, density: 1 } },
  };
}
