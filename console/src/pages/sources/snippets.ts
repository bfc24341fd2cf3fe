interface LabelledSnippet {
  readonly label: string;
  readonly text: string;
}

/** What sends the first event, ready to be pasted. */
export function snippetsOf(writeKey: string, origin: string): readonly LabelledSnippet[] {
  const host = origin.replace(/^https?:\/\//, '');
  return [
    {
      label: 'Web',
      text: `import { AnalyticsBrowser } from '@segment/analytics-next';

export const analytics = AnalyticsBrowser.load(
  { writeKey: '${writeKey}', cdnURL: '${origin}' },
  { integrations: { 'Segment.io': { apiHost: '${host}/v1', protocol: '${origin.startsWith('https') ? 'https' : 'http'}' } } },
);

analytics.page();
analytics.track('Product Viewed', { product_id: 'sku-1', price: 19.9 });`,
    },
    {
      label: 'Node',
      text: `import { Analytics } from '@segment/analytics-node';

const analytics = new Analytics({ writeKey: '${writeKey}', host: '${origin}' });

analytics.identify({ userId: '42', traits: { email: 'ann@example.com' } });
analytics.track({ userId: '42', event: 'Order Completed', properties: { revenue: 49.9 } });
await analytics.closeAndFlush();`,
    },
    ...mobileSnippets(writeKey, host),
    {
      label: 'curl',
      text: `curl ${origin}/v1/track -u ${writeKey}: \\
  -H 'content-type: application/json' \\
  -d '{"userId":"42","event":"Order Completed","properties":{"revenue":49.9}}'`,
    },
    {
      label: 'Pixel',
      text: `<img src="${origin}/v1/pixel/track?data=${btoa(JSON.stringify({ writeKey, userId: '42', event: 'Mail Opened' }))}" alt="">`,
    },
    {
      label: 'File',
      text: `TRIBUTARY_ADMIN_TOKEN=trb_... npx tributary import customers.csv --mapping mapping.json --url ${origin}`,
    },
  ];
}

function mobileSnippets(writeKey: string, host: string): readonly LabelledSnippet[] {
  return [
    {
      label: 'iOS',
      text: `// The Segment SDK for Swift speaks https alone: have TLS before Tributary.
import Segment

let analytics = Analytics(configuration: Configuration(writeKey: "${writeKey}")
  .apiHost("${host}/v1")
  .cdnHost("${host}/v1")
  .trackApplicationLifecycleEvents(true))

analytics.identify(userId: "42", traits: ["email": "ann@example.com"])
analytics.track(name: "Product Viewed", properties: ["product_id": "sku-1", "price": 19.9])`,
    },
    {
      label: 'Android',
      text: `// The Segment SDK for Kotlin speaks https alone: have TLS before Tributary.
import com.segment.analytics.kotlin.android.Analytics

val analytics = Analytics("${writeKey}", applicationContext) {
  apiHost = "${host}/v1"
  cdnHost = "${host}/v1"
  trackApplicationLifecycleEvents = true
}

analytics.identify("42", buildJsonObject { put("email", "ann@example.com") })
analytics.track("Product Viewed", buildJsonObject { put("product_id", "sku-1"); put("price", 19.9) })`,
    },
  ];
}
