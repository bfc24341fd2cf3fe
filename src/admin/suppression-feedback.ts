/**
 * The door for what mail systems say of addresses. As JSON it is believed, since whoever holds the token read it somewhere; a whole report (a bounce, a complaint) anybody
 * can have written and sent, so that it counts only with the signed address that it came back to.
 */
import { type Static, Type } from 'typebox';
import { type MailReport, readBounce } from '../core/email/read-bounce.js';
import { readReturnPath } from '../core/email/return-path.js';
import { findProfile } from '../stores/state/profiles.js';
import type { AdminApp, AdminParts } from './admin-parts.js';
import { personNamer } from './person-namer.js';

const MAIL = 'message/rfc822';
const MAIL_BYTES_MAX = 4 * 1024 * 1024;

const IGNORED = {
  no_report: 'It is neither a report on a delivery nor a complaint.',
  soft_bounce: 'It did not arrive, but not because there is nobody.',
  not_signed: 'It did not come back to an address of ours: see the setting bounceAddress of e-mail.',
  not_theirs: 'It is about another address than the one that the message went to.',
} as const;
type Ignored = keyof typeof IGNORED;

const FeedbackBody = Type.Object(
  {
    kind: Type.Union([Type.Literal('hard_bounce'), Type.Literal('complaint')], {
      description: 'What was said.',
    }),
    email: Type.String({ minLength: 1, maxLength: 512 }),
    detail: Type.Optional(Type.String({ maxLength: 2_000, description: 'In its own words.' })),
    source: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'Who says so.' })),
  },
  { additionalProperties: false },
);
const Answer = Type.Object({
  given: Type.Integer({ description: 'Addresses of which something is said.' }),
  added: Type.Integer({ description: 'Those that are newly suppressed.' }),
  ignored: Type.Optional(
    Type.String({ description: `Why a report says nothing: ${Object.keys(IGNORED).join(', ')}.` }),
  ),
  message: Type.Optional(Type.String()),
});

type Feedback = Static<typeof FeedbackBody>;

/** `POST /api/v1/suppressions/feedback`. */
export async function suppressionFeedbackRoutes(app: AdminApp, parts: AdminParts): Promise<void> {
  await app.register(async (scope) => {
    scope.addContentTypeParser(
      MAIL,
      { parseAs: 'string', bodyLimit: MAIL_BYTES_MAX },
      (_request, body, done) => done(null, body),
    );
    const body = {
      content: {
        'application/json': { schema: FeedbackBody },
        [MAIL]: {
          schema: Type.String({ description: 'A bounce (RFC 3464) or a complaint (RFC 5965), whole.' }),
        },
      },
    };
    scope.post<{ Body: Feedback | string }>(
      '/api/v1/suppressions/feedback',
      {
        schema: {
          ...{ tags: ['consent'], summary: 'Tell what a mail system said of an address', body },
          description:
            'A hard bounce or a complaint: nothing is mailed there from that moment on. A whole message counts when it came back to the signed bounce address of the message that it is about.',
          response: { 200: Answer, 201: Answer },
        } as object,
      },
      async ({ body: given }, reply) => {
        const feedback = typeof given === 'string' ? await ofReport(readBounce(given), parts) : given;
        if (typeof feedback === 'string')
          return { given: 0, added: 0, ignored: feedback, message: IGNORED[feedback] };
        const added = await suppress(feedback, parts);
        return reply.code(added > 0 ? 201 : 200).send({ given: 1, added });
      },
    );
  });
}

async function suppress({ kind, email, detail, source = 'feedback' }: Feedback, parts: AdminParts) {
  const { identifier } = (await personNamer(parts))({ kind: 'email', value: email }, 'body');
  const proof = detail === undefined ? null : { detail };
  const one = { ...identifier, channel: 'email', reason: kind, purposes: [], source, proof } as const;
  return parts.suppressing.suppress([one]);
}

async function ofReport(report: MailReport | undefined, parts: AdminParts): Promise<Feedback | Ignored> {
  if (report === undefined) return 'no_report';
  const { kind, detail } = report;
  if (kind === 'soft_bounce') return 'soft_bounce';
  const signed = report.returnPaths
    .map((address) => readReturnPath(address, parts.returnPathMac))
    .find((read) => read !== undefined);
  if (signed === undefined) return 'not_signed';
  // Complaints mostly come without the address; then it is one of the person's.
  const candidates = [...report.addresses, ...(await emailsOf(signed.profileId, parts))];
  const email = candidates.find((address) => signed.isFor(address));
  return email === undefined ? 'not_theirs' : { kind, email, detail, source: 'mail report' };
}

async function emailsOf(profileId: string, { pool }: AdminParts): Promise<string[]> {
  const profile = await findProfile(pool, { kind: 'id', value: profileId });
  const held = [...(profile?.identifiers.values() ?? [])];
  return held.filter(({ kind }) => kind === 'email').map(({ value }) => value);
}
