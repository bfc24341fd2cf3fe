import { Type } from 'typebox';
import { TributaryError } from '../core/errors.js';
import { type Mapping, parseMapping } from '../core/import/mapping.js';
import type { JsonObject, JsonValue } from '../core/json.js';
import type { AdminApp, AdminParts } from './admin-parts.js';
import { refuseDeepBody } from './definition-body.js';
import { OpenObject } from './schemas.js';

const SAMPLE_CHARS_MAX = 256 * 1024;
const ROWS_MAX = 50;

/** What an import would make of the first rows of a file. */
export type PreviewImport = (asked: {
  readonly mapping: Mapping;
  readonly sample: string;
  readonly rowsMax: number;
}) => Promise<ReadonlyArray<{ readonly call: JsonObject; readonly refused: string | null }>>;

/** A look at what a mapping makes of a file, before it is imported. */
export async function previewImportRoutes(app: AdminApp, { previewImport }: AdminParts): Promise<void> {
  app.post(
    '/api/v1/imports/preview',
    {
      config: { access: { personal: 'required' }, audited: false },
      preValidation: refuseDeepBody,
      schema: {
        tags: ['imports'],
        summary: 'See what an import would make of the first rows of a file',
        description: 'By the very code that imports. Nothing is stored. Of Parquet there is no preview.',
        body: Type.Object(
          {
            mapping: Type.Unknown({ description: 'As for an import.' }),
            sample: Type.String({ maxLength: SAMPLE_CHARS_MAX, description: 'The beginning of the file.' }),
          },
          { additionalProperties: false },
        ),
        response: {
          200: Type.Object({
            rows: Type.Array(
              Type.Object({
                call: OpenObject,
                refused: Type.Union([Type.String(), Type.Null()], {
                  description: 'Why it would be refused.',
                }),
              }),
              { description: `At most ${ROWS_MAX}.` },
            ),
          }),
        },
      },
    },
    async ({ body }) => {
      const mapping = parseMapping((body.mapping ?? null) as JsonValue);
      if (mapping.format.type === 'parquet')
        throw new TributaryError('request_invalid', 'mapping.format.type: of Parquet there is no preview.');
      const rows = await previewImport({ mapping, sample: body.sample, rowsMax: ROWS_MAX });
      return { rows: rows.map(({ call, refused }) => ({ call: { ...call }, refused })) };
    },
  );
}
