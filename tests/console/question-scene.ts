/** Something to look at on the pages of what is asked: computed traits, and a dashboard of all kinds of questions. */
import type { RunningServer } from '../harness/running-server.js';

const ORDER = { event: 'Order Completed' };
const CARDS = [
  { title: 'Orders a day', question: { kind: 'trends', events: [ORDER], per: 'day', days: 30 } },
  {
    title: 'Revenue by week',
    question: {
      ...{ kind: 'trends', events: [ORDER], per: 'week', days: 90 },
      measure: { kind: 'sum', of: 'properties.total' },
    },
  },
  {
    title: 'From looking to buying',
    width: 'full',
    question: { kind: 'funnels', steps: [{ event: 'Product Viewed' }, ORDER], within: '7 days', days: 30 },
  },
  {
    title: 'Who comes back',
    width: 'full',
    question: { kind: 'retention', start: ORDER, return: ORDER, per: 'week', periods: 6, days: 60 },
  },
  {
    title: 'What happens most',
    question: {
      kind: 'sql',
      sql: 'SELECT name, count() AS events FROM events_resolved GROUP BY name ORDER BY events DESC',
    },
  },
  {
    title: 'Of a segment that is gone',
    question: { kind: 'trends', events: [ORDER], per: 'day', days: 30, among: 'gone' },
  },
];

/** Sets the scene. */
export async function setQuestionScene(server: RunningServer): Promise<void> {
  const traits = {
    orders: 'count of "Order Completed" in the last 90 days',
    revenue: 'sum of properties.total of "Order Completed"',
    favourite: 'most frequent properties.category of "Product Viewed"',
  };
  for (const [name, text] of Object.entries(traits))
    await server.admin(`/computed-traits/${name}`, { text, description: 'For the demo' }, 'PUT');
  await server.admin('/segments', { id: 'regulars', name: 'Regulars', text: 'orders >= 3' });
  const name = 'Monday morning';
  await server.admin('/dashboards', { name, description: 'Before the week begins.', cards: CARDS });
}
