import { Type } from 'typebox';
import { EXPECTED_TRAITS } from '../core/quality/expected-traits.js';
import type { QualityDay } from '../stores/state/quality.js';
import { readQuality } from '../stores/state/quality.js';
import type { AdminApp, AdminParts } from './admin-parts.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import { mapOf, PageQuery, pageOf } from './schemas.js';

const Day = Type.String({ format: 'date', examples: ['2026-01-31'], description: 'UTC.' });
const Share = Type.Union([Type.Number(), Type.Null()], {
  description: '0 to 1; null where there is nothing to judge by.',
});
const QualitySchema = Type.Object({
  sourceId: Type.String(),
  day: Day,
  figures: mapOf(Type.Integer(), {
    description:
      'Counts: events, events_of_nobody, duplicates, rejected, identifies, given.<trait>, valid.<kind>, invalid.<kind>, blocked.<kind>, undecodable.tcf, undecodable.gpp, ' +
      'suspected_duplicates (as of now: they go down as profiles are merged).',
  }),
  completeness: mapOf(Share, {
    description: 'Of the identify calls, the share that carried each expected trait.',
  }),
  emailInvalid: Share,
  phoneInvalid: Share,
  duplicates: Share,
  suspectedDuplicates: Type.Integer({
    description:
      'Profiles that came by this source on this day to have what another one had first: see GET /api/v1/identity/duplicates.',
  }),
});

/** How good the data are, by source and day of receipt. */
export async function qualityRoutes(app: AdminApp, { pool }: AdminParts): Promise<void> {
  app.get(
    '/api/v1/quality',
    {
      config: { access: { personal: 'none' } },
      schema: {
        tags: ['quality'],
        summary: 'Read data quality by source and day',
        querystring: Type.Object({
          ...PageQuery,
          from: Type.Optional(Day),
          to: Type.Optional(Day),
          sourceId: Type.Optional(Type.String({ maxLength: 100 })),
        }),
        response: { 200: pageOf(QualitySchema) },
      },
    },
    async ({ query: { limit = 50, cursor, from = '1970-01-01', to = '9999-12-31', sourceId } }) => {
      const [day = '0001-01-01', after = ''] = decodeCursor(cursor, ['string', 'string'] as const) ?? [];
      const data = await readQuality(pool, { from, to, sourceId }, { day, sourceId: after }, limit);
      const last = data.at(-1);
      const nextCursor = data.length === limit && last ? encodeCursor([last.day, last.sourceId]) : null;
      return { data: data.map(qualityJson), nextCursor };
    },
  );
}

function qualityJson({ figures, ...day }: QualityDay) {
  const count = (measure: string) => figures[measure] ?? 0;
  const invalid = (kind: string) =>
    share(count(`invalid.${kind}`), count(`invalid.${kind}`) + count(`valid.${kind}`));
  return {
    ...day,
    figures: { ...figures },
    completeness: Object.fromEntries(
      EXPECTED_TRAITS.map(({ trait }) => [trait, share(count(`given.${trait}`), count('identifies'))]),
    ),
    emailInvalid: invalid('email'),
    phoneInvalid: invalid('phone'),
    duplicates: share(count('duplicates'), count('duplicates') + count('events')),
    suspectedDuplicates: count('suspected_duplicates'),
  };
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
