/** What sends the first event, ready to be pasted. */
export function snippetsOf(
  writeKey: string,
  origin: string,
): ReadonlyArray<{ readonly label: string; readonly text: string }> {
  return [
    {
      label: 'Web',
      text: `import { AnalyticsBrowser } from '@segment/analytics-next';

export const analytics = AnalyticsBrowser.load(
  { writeKey: '${writeKey}', cdnURL: '${origin}' },
  { integrations: { 'Segment.io': { apiHost: '${origin.replace(/^https?:\/\//, '')}/v1', protocol: '${origin.startsWith('https') ? 'https' : 'http'}' } } },
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
      text: `npx tributary import customers.csv --mapping mapping.json --url ${origin} --token <admin token>`,
    },
  ];
}
