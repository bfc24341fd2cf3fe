import type { InsightScope } from '../../core/insights/among.js';
import { type Funnel, type FunnelPart, type FunnelRow, funnelParts } from '../../core/insights/funnel.js';
import { funnelQuestion } from '../../core/insights/funnel-sql.js';
import {
  type Cohort,
  type Retention,
  type RetentionRow,
  retentionQuestion,
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

/** Answers trends, funnels and retention from the stored events; see `docs/specs/insights.md`. */
export class InsightQueries {
  readonly #analyst: Analyst;
  readonly #vocabulary: () => Promise<Vocabulary>;

  /** @param vocabulary reads what insights may refer to. */
  constructor(analyst: Analyst, vocabulary: () => Promise<Vocabulary>) {
    this.#analyst = analyst;
    this.#vocabulary = vocabulary;
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
    const rows = await this.#analyst.rows<RetentionRow>(retentionQuestion(retention, scope, at));
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
