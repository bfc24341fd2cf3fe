import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Static } from 'typebox';
import { Type } from 'typebox';
import { personal } from '../core/access/mask.js';
import { TributaryError } from '../core/errors.js';
import { isShallow } from '../core/event/measure.js';
import { MappingSchema, parseMapping } from '../core/import/mapping.js';
import type { JsonValue } from '../core/json.js';
import { LIMITS } from '../core/limits.js';
import type { Import } from '../stores/state/imports.js';
import type { AdminApp, AdminParts } from './admin-parts.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import { Moment, PageQuery, Problem, pageOf } from './schemas.js';

const orNull = <T extends ReturnType<typeof Type.Integer> | ReturnType<typeof Type.String>>(schema: T) =>
  Type.Union([schema, Type.Null()]);

const ImportSchema = Type.Object({
  id: Type.String({ description: 'Also the receipt under which its refused rows are in the quarantine.' }),
  sourceId: Type.String(),
  file: Type.String({ description: 'Name of the file, for people.' }),
  mapping: MappingSchema,
  status: Type.String({
    description:
      '`waiting_for_file`, `queued`, `running`, `done` (every row has been processed), `failed` or `cancelled`.',
  }),
  bytes: orNull(Type.Integer({ description: 'Of the uploaded file.' })),
  rowsRead: Type.Integer({ description: 'Rows that are durable in the log.' }),
  rowsTotal: orNull(Type.Integer({ description: 'Known at the end.' })),
  rejected: Type.Integer({
    description: 'Rows among them that are in the quarantine: `/api/v1/rejected?receipt=<id>`.',
  }),
  doneShare: Type.Number({ description: 'How much of the file has been read, from 0 to 1.' }),
  rowsPerSecond: orNull(Type.Integer({ description: 'While it runs.' })),
  secondsLeft: orNull(Type.Integer({ description: 'While it runs, at the rate so far.' })),
  createdAt: Moment,
  startedAt: orNull(Moment),
  endedAt: orNull(Moment),
  error: orNull(personal(Type.String({ description: 'Why it failed.' }))),
});

const NewImport = Type.Object(
  {
    source: Type.Optional(
      Type.Object(
        { name: Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' }) },
        {
          additionalProperties: false,
          description: 'By name; made, of the kind `import`, when there is none.',
        },
      ),
    ),
    sourceId: Type.Optional(Type.String({ description: 'Instead of source: its id.' })),
    file: Type.Optional(Type.String({ maxLength: 500, description: 'Name of the file, for people.' })),
    mapping: MappingSchema,
  },
  { additionalProperties: false },
);

const ById = Type.Object({ id: Type.String({ maxLength: 100 }) });
const tags = ['imports'];

/**
 * Imports: create, upload the file, follow, cancel. A file comes in only as the content of a request: a path on the
 * server would let whoever holds the token read any file that the server can.
 */
export async function importRoutes(app: AdminApp, parts: AdminParts): Promise<void> {
  readRoutes(app, parts);
  app.post(
    '/api/v1/imports',
    {
      config: { access: { personal: 'masked' } },
      // Checked by hand, after the mapping: its own sentences name the path and the fix.
      attachValidation: true,
      preValidation: async ({ body }) => {
        if (isShallow((body ?? null) as JsonValue, LIMITS.nestingDepthMax)) return;
        throw new TributaryError(
          'request_invalid',
          `The body is nested more than ${LIMITS.nestingDepthMax} levels deep.`,
        );
      },
      schema: {
        tags,
        summary: 'Create an import',
        body: NewImport,
        response: { 201: ImportSchema, 404: Problem },
      },
    },
    async (request, reply) => {
      const body = request.body as Omit<Static<typeof NewImport>, 'mapping'> & {
        readonly mapping?: JsonValue;
      };
      const mapping = parseMapping(body?.mapping ?? null);
      const fault = request.validationError;
      if (fault && !fault.message.startsWith('body/mapping'))
        throw new TributaryError('request_invalid', `${fault.message}.`);
      const sourceId = await sourceOf(body, parts);
      const created = await parts.imports.create({ sourceId, file: body.file ?? '', mapping });
      return reply.code(201).send(shown(created, parts));
    },
  );
  app.post(
    '/api/v1/imports/:id/cancel',
    {
      config: { access: { personal: 'masked' } },
      schema: {
        tags,
        summary: 'Cancel an import',
        description: 'What is in the log already stays and is processed.',
        params: ById,
        response: { 200: ImportSchema, 404: Problem, 409: Problem },
      },
    },
    async ({ params: { id } }) => {
      const { status } = await parts.imports.get(id);
      if (!(await parts.imports.cancel(id)))
        throw new TributaryError('conflict', `The import ${id} has ended: it is ${status}.`);
      // One that is running is left, and its file removed, by the runner.
      if (status !== 'running') await parts.importFiles.remove(id);
      return shown(await parts.imports.get(id), parts);
    },
  );
  await app.register(async (scope) => contentRoute(scope as unknown as AdminApp, parts));
}

function readRoutes(app: AdminApp, parts: AdminParts): void {
  app.get(
    '/api/v1/imports',
    {
      config: { access: { personal: 'masked' } },
      schema: {
        tags,
        summary: 'Imports, newest first',
        querystring: Type.Object(PageQuery),
        response: { 200: pageOf(ImportSchema) },
      },
    },
    async ({ query: { limit = 50, cursor } }) => {
      const [before = Number.MAX_SAFE_INTEGER] = decodeCursor(cursor, ['offset'] as const) ?? [];
      const found = await parts.imports.list(before, limit);
      const last = found.at(-1);
      const data = found.map((one) => shown(one, parts));
      return { data, nextCursor: found.length === limit && last ? encodeCursor([last.seq]) : null };
    },
  );
  app.get(
    '/api/v1/imports/:id',
    {
      config: { access: { personal: 'masked' } },
      schema: {
        tags,
        summary: 'Read an import',
        params: ById,
        response: { 200: ImportSchema, 404: Problem },
      },
    },
    async ({ params }) => shown(await parts.imports.get(params.id), parts),
  );
}

/** The upload: of any size and any content type, straight to disk. In a scope of its own, since nothing parses it. */
function contentRoute(app: AdminApp, parts: AdminParts): void {
  app.removeAllContentTypeParsers();
  // The body stays where it is: in the request, to be read piece by piece.
  app.addContentTypeParser('*', (_request, _content, done) => done(null));
  app.put(
    '/api/v1/imports/:id/content',
    {
      config: { access: { personal: 'masked' } },
      schema: {
        tags,
        summary: "Upload an import's file",
        description:
          'The file as it is, of any size, or with `Content-Encoding: gzip`. The import then takes its turn.',
        consumes: ['application/octet-stream'],
        params: ById,
        response: { 202: ImportSchema, 404: Problem, 409: Problem },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { status } = await parts.imports.get(id);
      if (status !== 'waiting_for_file') {
        throw new TributaryError(
          'conflict',
          `The import ${id} waits for no file: it is ${status}. Create another.`,
        );
      }
      const { 'content-encoding': encoding, 'content-length': length } = request.headers;
      const content = decoded(request.raw, encoding);
      const bytes = await parts.importFiles.save(id, content, Number(length ?? 0)).catch(refuseBroken);
      if (await parts.imports.queue(id, parts.importFiles.folder, bytes)) parts.importAdded();
      else await parts.importFiles.remove(id);
      return reply.code(202).send(shown(await parts.imports.get(id), parts));
    },
  );
}

/** @throws TributaryError `body_invalid` where the content is to blame, else what was thrown. */
function refuseBroken(error: unknown): never {
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (error instanceof TributaryError || !(code.startsWith('Z_') || code === 'ECONNRESET')) throw error;
  throw new TributaryError('body_invalid', `The file did not come in whole: ${message}. Send it again.`, {
    cause: error,
  });
}

function decoded(content: Readable, encoding = 'identity'): Readable {
  if (encoding === 'identity') return content;
  if (encoding !== 'gzip') {
    throw new TributaryError(
      'media_type_unsupported',
      `Content-Encoding ${encoding} is not supported; use gzip or none.`,
    );
  }
  const unzipped = createGunzip();
  // The reader hears of it, too; but until it listens, a failure that nobody hears would end the process.
  unzipped.on('error', () => {});
  // What breaks off on the way in must end the way out.
  content.on('error', (error) => unzipped.destroy(error));
  return content.pipe(unzipped);
}

async function sourceOf(
  { source, sourceId }: { readonly source?: { readonly name: string }; readonly sourceId?: string },
  { sources }: AdminParts,
): Promise<string> {
  if ((source === undefined) === (sourceId === undefined)) {
    throw new TributaryError('request_invalid', 'Give either source, with a name, or sourceId.');
  }
  const found =
    source === undefined
      ? await sources.get(sourceId ?? '')
      : await sources.ensure({ ...source, kind: 'import' });
  if (found.enabled) return found.id;
  throw new TributaryError(
    'conflict',
    `The source ${found.name} is disabled. Enable it, or import into another.`,
  );
}

/** An import as the API shows it. */
function shown(one: Import, { importRate }: AdminParts): Static<typeof ImportSchema> {
  const { seq: _, rowsBytes, bytesRead, nextLine: __, ...rest } = one;
  const rate = one.status === 'running' ? importRate(one.id) : undefined;
  const share = one.status === 'done' ? 1 : rowsBytes === null || rowsBytes === 0 ? 0 : bytesRead / rowsBytes;
  const secondsLeft = rate && share > 0 ? ((one.rowsRead / share) * (1 - share)) / rate : null;
  return {
    ...rest,
    doneShare: Math.round(share * 10_000) / 10_000,
    rowsPerSecond: rate === undefined ? null : Math.round(rate),
    secondsLeft: secondsLeft === null ? null : Math.ceil(secondsLeft),
  };
}
