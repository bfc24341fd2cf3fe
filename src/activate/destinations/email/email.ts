/** E-mail by SMTP. */
import { returnPath } from '../../../core/email/return-path.js';
import { faultList } from '../../../core/mapping/check-value.js';
import {
  type DestinationKind,
  eachAlone,
  type SendContext,
  SendFailure,
  type SendItem,
} from '../destination.js';
import { objectOf, requiredText, textOf } from '../read-values.js';
import { composeMail, headersOf, type Mailbox, readMailbox } from './compose-mail.js';
import { dkimFaults, signMail } from './dkim.js';
import { EMAIL_FIELDS, EMAIL_OPTIONS, EMAIL_SETTINGS } from './email-fields.js';
import { type RenderedMail, renderMail } from './render-mail.js';
import { type SmtpError, smtpFailure } from './smtp-failure.js';
import { smtpUrl, throughPool } from './smtp-pools.js';
import { signInFaults } from './smtp-sign-in.js';

interface Ready {
  readonly envelope: { readonly from: string; readonly to: string };
  readonly raw: Buffer;
}

/** `email`. */
export const email: DestinationKind = {
  kind: 'email',
  title: 'E-mail',
  description: 'Sends e-mail through any SMTP server, from Liquid templates in MJML or HTML.',
  categories: ['email'],
  channel: 'email',
  settings: EMAIL_SETTINGS,
  actions: {
    send: {
      title: 'Send a message',
      description: 'One message to one person.',
      fields: EMAIL_FIELDS,
      options: EMAIL_OPTIONS,
      ordered: false,
      addressFields: ['to'],
      send: (items, context) =>
        eachAlone(items, async (item) => {
          await deliver(await prepare(item, context), context);
          return { status: 'delivered' };
        }),
    },
  },
  presets: [{ name: 'Who enters a segment', action: 'send', from: { when: 'entered' }, mapping: {} }],
  async test(context) {
    readMailbox(requiredText(context.settings, 'from'), 'from');
    await throughPool(context, (pool) => pool.verify()).catch((error: SmtpError | SendFailure) => {
      throw error instanceof SendFailure ? error : smtpFailure(error, '');
    });
  },
  faultsOf(settings) {
    const { faults, fault } = faultList();
    signInFaults(settings, fault);
    dkimFaults(settings, fault);
    return faults;
  },
};

async function prepare(item: SendItem, context: SendContext): Promise<Ready> {
  const { settings, options } = context;
  const { payload, key } = item;
  const to = readMailbox(requiredText(payload, 'to'), 'to');
  const from = readMailbox(textOf(payload, 'from') ?? requiredText(settings, 'from'), 'from');
  const replyTo = textOf(payload, 'replyTo') ?? textOf(settings, 'replyTo');
  const unsubscribeLink = options.unsubscribe === false ? undefined : linkFor(item, to, context);
  const composed = await composeMail({
    key,
    date: item.decidedAt,
    from,
    to,
    replyTo: replyTo === undefined ? undefined : readMailbox(replyTo, 'replyTo'),
    rendered: render(item, context, unsubscribeLink),
    unsubscribeLink,
    headers: headersOf(payload),
  });
  const raw = await signMail(composed, settings);
  return { raw, envelope: { from: envelopeSender(item, from, to, context), to: to.address } };
}

function render(item: SendItem, { options }: SendContext, unsubscribeLink: string | undefined): RenderedMail {
  const { payload, decidedAt } = item;
  const part = (name: string) => textOf(payload, name) ?? textOf(options, name);
  const subject = part('subject');
  if (subject === undefined)
    throw new SendFailure({ code: 'template_missing', message: 'There is no "subject".', retry: false });
  const variables = { ...objectOf(payload, 'variables') };
  if (unsubscribeLink !== undefined) variables.unsubscribe_url = unsubscribeLink;
  return renderMail(
    { subject, mjml: part('mjml'), html: part('html'), text: part('text') },
    { variables, now: decidedAt, strict: options.strict === true },
  );
}

/** Nothing that one can opt out of leaves without the way to do so. */
function linkFor(item: SendItem, to: Mailbox, context: SendContext): string {
  const link = context.unsubscribeLink?.(item, to.address);
  if (link !== undefined) return link;
  const message =
    'There is no link to unsubscribe by: set TRIBUTARY_PUBLIC_URL. Set "unsubscribe" to false in the options only where nobody can opt out.';
  throw new SendFailure({ code: 'unsubscribe_unavailable', message, retry: false });
}

function envelopeSender(item: SendItem, from: Mailbox, to: Mailbox, context: SendContext): string {
  const bounces = textOf(context.settings, 'bounceAddress');
  if (bounces === undefined || context.mac === undefined) return from.address;
  const { mac } = context;
  return returnPath(bounces, { profileId: item.profileId, address: to.address }, (text) =>
    mac('return-path', text),
  );
}

async function deliver({ envelope, raw }: Ready, context: SendContext): Promise<void> {
  const { settings, signal, now } = context;
  const request = {
    method: 'SMTP',
    url: smtpUrl(settings),
    headers: { 'mail-from': envelope.from, 'rcpt-to': envelope.to },
    body: raw.toString(),
  };
  const startedAt = now();
  const record = (status: number, body: string) =>
    context.record({ request, response: { status, headers: {}, body }, tookMs: now() - startedAt });
  if (context.dryRun) return context.record({ request, tookMs: 0 });
  try {
    const { response } = await throughPool(context, (pool) => pool.sendMail({ raw, envelope, signal }));
    record(Number(response.slice(0, 3)), response);
  } catch (thrown) {
    if (thrown instanceof SendFailure) throw thrown;
    const error = thrown as SmtpError;
    record(error.responseCode ?? 0, error.response ?? error.message);
    throw smtpFailure(error, envelope.to);
  }
}
