import type { InsightScope } from '../../core/insights/among.js';
import { type Funnel, type FunnelPart, type FunnelRow, funnelParts } from '../../core/insights/funnel.js';
import { funnelQuestion } from '../../core/insights/funnel-sql.js';
import {
  type Cohort,
  type Retention,
  type RetentionRow,
  retentionQuestion,
  retentionSize,
  retentionTable,
} from '../../core/insights/retention.js';
import {
  type TrendRow,
  type TrendSeries,
  type Trends,
  trendQuestion,
  trendSeries,
} from '../../core/insights/trends.js';
import { SegmentCompiler, type Vocabulary } from '../../core/segments/compile.js';
import type { AskedAt } from '../../core/segments/sql/sql-context.js';
import type { Analyst } from './analyst.js';

/** Some 200 bytes each: they fit into what a query of the smallest sensible engine may have. */
const EVENTS_AT_ONCE = 500_000;

/** Answers trends, funnels and retention from the stored events; see `docs/specs/insights.md`. */
export class InsightQueries {
  readonly #analyst: Analyst;
  readonly #vocabulary: () => Promise<Vocabulary>;
  readonly #eventsAtOnce: number;

  /**
   * @param vocabulary reads what insights may refer to.
   * @param eventsAtOnce of retention: more are looked at in slices of the people.
   */
  constructor(analyst: Analyst, vocabulary: () => Promise<Vocabulary>, eventsAtOnce = EVENTS_AT_ONCE) {
    this.#analyst = analyst;
    this.#vocabulary = vocabulary;
    this.#eventsAtOnce = eventsAtOnce;
  }

  /** @param now milliseconds since 1970 UTC. */
  async trends(trends: Trends, now: number): Promise<TrendSeries[]> {
    const { scope, at } = await this.#ground(trends, now);
    const series: TrendSeries[][] = [];
    for (const event of trends.events.keys()) {
      const rows = await this.#analyst.rows<TrendRow>(trendQuestion(trends, event, scope, at));
      series.push(trendSeries(trends, event, rows));
    }
    return series.flat();
  }

  async funnel(funnel: Funnel, now: number): Promise<FunnelPart[]> {
    const { scope, at } = await this.#ground(funnel, now);
    return funnelParts(funnel, await this.#analyst.rows<FunnelRow>(funnelQuestion(funnel, scope, at)));
  }

  async retention(retention: Retention, now: number): Promise<Cohort[]> {
    const { scope, at } = await this.#ground(retention, now);
    const [size] = await this.#analyst.rows<{ events: number }>(retentionSize(retention, at));
    const of = Math.max(1, Math.ceil((size?.events ?? 0) / this.#eventsAtOnce));
    const rows: RetentionRow[] = [];
    for (let index = 0; index < of; index += 1) {
      rows.push(
        ...(await this.#analyst.rows<RetentionRow>(retentionQuestion(retention, scope, at, { index, of }))),
      );
    }
    return retentionTable(retention, rows, now);
  }

  async #ground(asked: object, now: number): Promise<{ scope: InsightScope; at: AskedAt }> {
    const vocabulary = await this.#vocabulary();
    const compiler = new SegmentCompiler(vocabulary);
    // Conditions on the person's own clock alone need them, and segments that are referred to may have some.
    const texts = [asked, [...vocabulary.segments.values()], [...vocabulary.computed.values()]];
    const at = await this.#analyst.askedAt(now, JSON.stringify(texts).includes('"during"'));
    return { scope: { vocabulary, compiler }, at };
  }
}
