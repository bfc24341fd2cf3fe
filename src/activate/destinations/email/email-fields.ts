/** What e-mail is told: its settings, the fields of a message, and what a connection says once for all. */
import type { Conditions, Field, Fields } from '../../../core/mapping/field.js';

const BY_OAUTH: Conditions = { conditions: [{ fieldKey: 'signIn', operator: 'is', value: 'oauth2' }] };
const WITH_DKIM: Conditions = {
  match: 'any',
  conditions: ['dkimDomain', 'dkimSelector', 'dkimPrivateKey'].map((fieldKey) => ({
    fieldKey,
    operator: 'is_not',
  })),
};

/** Of the destination. */
export const EMAIL_SETTINGS: Fields = {
  host: {
    label: 'Mail server',
    description: 'Host of the SMTP server, such as smtp.example.com.',
    type: 'string',
    required: true,
  },
  port: {
    label: 'Port',
    description: 'By default 587 with STARTTLS, 465 with TLS, 25 without either.',
    type: 'integer',
  },
  security: {
    label: 'Security',
    description: 'How the connection is encrypted.',
    type: 'string',
    choices: [
      { value: 'starttls', label: 'STARTTLS: it must be taken up, or nothing is sent' },
      { value: 'tls', label: 'TLS from the start' },
      { value: 'none', label: 'None: for a server on this machine' },
    ],
    default: 'starttls',
  },
  certificateAuthority: {
    label: 'Certificate authority',
    description:
      'PEM certificates to trust instead of the public ones, for a server with a certificate of its own.',
    type: 'text',
  },
  signIn: {
    label: 'Sign-in',
    description: 'Google and Microsoft want OAuth2.',
    type: 'string',
    choices: [
      { value: 'password', label: 'By password' },
      { value: 'oauth2', label: 'By OAuth2 (XOAUTH2)' },
    ],
    default: 'password',
  },
  user: {
    label: 'User',
    description: 'By OAuth2 the address of the mailbox. Left out: nobody signs in.',
    type: 'string',
    required: BY_OAUTH,
  },
  password: {
    label: 'Password',
    description: 'Password of the user.',
    type: 'password',
    secret: true,
    depends_on: { conditions: [{ fieldKey: 'signIn', operator: 'is_not', value: 'oauth2' }] },
  },
  oauthTokenUrl: {
    label: 'Token address',
    description:
      'Where access tokens are fetched. Google: https://oauth2.googleapis.com/token. Microsoft: https://login.microsoftonline.com/<tenant>/oauth2/v2.0/token.',
    type: 'string',
    format: 'uri',
    required: BY_OAUTH,
    depends_on: BY_OAUTH,
  },
  oauthClientId: {
    label: 'Client id',
    description: 'Of your app at the provider.',
    type: 'string',
    required: BY_OAUTH,
    depends_on: BY_OAUTH,
  },
  oauthClientSecret: {
    label: 'Client secret',
    description: 'Of your app. Left out: the app has none.',
    type: 'password',
    secret: true,
    depends_on: BY_OAUTH,
  },
  oauthRefreshToken: {
    label: 'Refresh token',
    description:
      'Given when the owner of the mailbox agreed. Scope at Google: https://mail.google.com/. At Microsoft: https://outlook.office.com/SMTP.Send offline_access.',
    type: 'password',
    secret: true,
    required: BY_OAUTH,
    depends_on: BY_OAUTH,
  },
  from: {
    label: 'Sender',
    description: 'Who the messages come from, such as Shop <hello@shop.example>.',
    type: 'string',
    required: true,
  },
  replyTo: { label: 'Reply to', description: 'Where answers go, when not to the sender.', type: 'string' },
  bounceAddress: {
    label: 'Bounce address',
    description:
      'A mailbox for bounces, such as bounces@mail.shop.example: messages leave from bounces+<signed code>@…, and what arrives there is given to POST /api/v1/suppressions/feedback. Its part before @ has at most 19 characters. Left out: bounces go to the sender.',
    type: 'string',
  },
  connectionsMax: {
    label: 'Connections',
    description: 'How many connections to the server may be open at once.',
    type: 'integer',
    default: 5,
  },
  dkimDomain: {
    label: 'DKIM domain',
    description:
      'The domain that signs the messages, such as shop.example: that of the sender, or one above it. Left out: the mail server signs, or nobody.',
    type: 'string',
    format: 'hostname',
  },
  dkimSelector: {
    label: 'DKIM selector',
    description:
      'The name of the key, such as news: DNS has its public half at news._domainkey.shop.example.',
    type: 'string',
    depends_on: WITH_DKIM,
  },
  dkimPrivateKey: {
    label: 'DKIM private key',
    description: 'RSA of 1024 to 4096 bits, in PEM.',
    type: 'text',
    secret: true,
    depends_on: WITH_DKIM,
  },
};

const TEMPLATES = {
  subject: {
    label: 'Subject',
    description: 'In Liquid, such as Hello {{ traits.first_name | default: "there" }}.',
    type: 'string',
  },
  mjml: { label: 'MJML', description: 'The message in MJML and Liquid.', type: 'text' },
  html: { label: 'HTML', description: 'The message in HTML and Liquid, instead of MJML.', type: 'text' },
  text: {
    label: 'Text',
    description: 'The text part, in Liquid. Left out, it is made of the HTML.',
    type: 'text',
  },
} as const satisfies Record<string, Field>;

/** Templates that hold for the whole connection: mostly all of them. */
export const EMAIL_OPTIONS: Fields = {
  ...TEMPLATES,
  strict: {
    label: 'Fail where a value is missing',
    description:
      'A variable that is missing and has no default makes the message fail, and the failure names it. Else it is empty.',
    type: 'boolean',
    default: false,
  },
  unsubscribe: {
    label: 'Unsubscribe link',
    description:
      'Headers for one-click unsubscribe (RFC 8058), and the variable unsubscribe_url. Only messages that nobody can opt out of, such as receipts, do without.',
    type: 'boolean',
    default: true,
  },
};

/** Of one message. */
export const EMAIL_FIELDS: Fields = {
  to: {
    label: 'To',
    description: 'One address.',
    type: 'string',
    required: true,
    default: { '@path': '$.profile.identifiers.email[0]' },
  },
  from: { label: 'Sender', description: 'Instead of the one of the settings.', type: 'string' },
  replyTo: { label: 'Reply to', description: 'Instead of the one of the settings.', type: 'string' },
  variables: {
    label: 'Variables',
    description: 'What the templates can use.',
    type: 'object',
    additionalProperties: true,
    default: {
      event: { '@path': '$.event' },
      properties: { '@path': '$.properties' },
      traits: { '@path': '$.profile.traits' },
    },
  },
  headers: {
    label: 'Headers',
    description: 'Further headers; their names begin with X-.',
    type: 'object',
    additionalProperties: true,
  },
  ...Object.fromEntries(
    Object.entries(TEMPLATES).map(([name, field]) => [
      name,
      {
        ...field,
        description: `${field.description} For this message alone; mostly it stands in the connection's options.`,
      },
    ]),
  ),
};
