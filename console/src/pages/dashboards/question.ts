/** Questions as dashboards keep them: with all that the pages ask that they were made on. */
import type { paths } from '../../api/schema';
import {
  type FunnelAsk,
  type InsightKind,
  type RetentionAsk,
  type TrendsAsk,
  titleOf,
} from '../insights/asks';

/** A dashboard with its cards. */
export type Dashboard =
  paths['/api/v1/dashboards/{id}']['get']['responses'][200]['content']['application/json'];
/** A question with its title. */
export type Card = Dashboard['cards'][number];
/** A card as the API takes it. */
export type GivenCard = NonNullable<
  paths['/api/v1/dashboards/{id}']['patch']['requestBody']['content']['application/json']['cards']
>[number];

/** A question that can be asked and kept. */
export type Question =
  | { readonly kind: 'trends'; readonly ask: TrendsAsk }
  | { readonly kind: 'funnels'; readonly ask: FunnelAsk }
  | { readonly kind: 'retention'; readonly ask: RetentionAsk }
  | { readonly kind: 'sql'; readonly sql: string };

/** What the API means where nothing is said. */
const UNSAID = {
  trends: { measure: { kind: 'count' } },
  funnels: { mode: 'closed', within: '' },
  retention: { cohorts: 'first', unbounded: false },
} as const;
const NAMES = { trends: 'Trend', funnels: 'Funnel', retention: 'Retention' } as const;

/** The question of a card. */
export function questionOf({ question: { kind, ...rest } }: Card): Question {
  // Invariant: the API keeps nothing that cannot be asked.
  return (kind === 'sql' ? { kind, ...rest } : { kind, ask: { ...UNSAID[kind], ...rest } }) as Question;
}

/** The same as the API takes it. */
export function givenQuestion(question: Question): Card['question'] {
  return question.kind === 'sql' ? question : { kind: question.kind, ...question.ask };
}

/** What to call a question that nobody has given a name. */
export function titleFor(question: Question): string {
  switch (question.kind) {
    case 'trends':
      return `${question.ask.events.map(titleOf).join(', ')} per ${question.ask.per}`;
    case 'funnels':
      return question.ask.steps.map(titleOf).join(' → ');
    case 'retention':
      return `${titleOf(question.ask.start)}, then ${titleOf(question.ask.return)}`;
    case 'sql':
      return 'Query';
  }
}

/** How wide its answer is at best: tables of steps and cohorts have many columns. */
export function widthFor({ kind }: Question): Card['width'] {
  return kind === 'funnels' || kind === 'retention' ? 'full' : 'half';
}

/** What kind of question it is, and of which time. */
export function aboutQuestion(question: Question): string {
  if (question.kind === 'sql') return 'SQL';
  return `${NAMES[question.kind]} of the last ${question.ask.days} days`;
}

/** Where a question was made. */
export function placeOf(question: Question):
  | { readonly to: '/query'; readonly search: { readonly sql: string } }
  | {
      readonly to: '/insights';
      readonly search: { readonly kind: InsightKind; readonly ask: Record<string, unknown> };
    } {
  if (question.kind === 'sql') return { to: '/query', search: { sql: question.sql } };
  return { to: '/insights', search: { kind: question.kind, ask: { ...question.ask } } };
}
