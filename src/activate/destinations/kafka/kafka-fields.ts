/** What is set up of Kafka, and what its action takes. */
import type { Fields } from '../../../core/mapping/field.js';

/** How clients sign in. */
export const SASL_MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;

/** Of the destination. */
export const KAFKA_SETTINGS: Fields = {
  brokers: {
    label: 'Brokers',
    description: 'Some of the brokers, as host:port each; they tell of the others.',
    type: 'string',
    multiple: true,
    required: true,
  },
  tls: {
    label: 'TLS',
    description: 'Encrypts the connections and checks the certificates of the brokers.',
    type: 'boolean',
    default: true,
  },
  certificateAuthority: {
    label: 'Certificate authority',
    description: 'Certificate (PEM) that vouches for the brokers, where no public one does.',
    type: 'text',
  },
  mechanism: {
    label: 'Signing in',
    description: 'SASL mechanism; left out: nobody signs in.',
    type: 'string',
    choices: SASL_MECHANISMS.map((value) => ({ value, label: value.toUpperCase() })),
  },
  user: { label: 'User', description: 'Who signs in.', type: 'string' },
  password: { label: 'Password', description: 'Of the user.', type: 'password', secret: true },
};

/** Of a message. */
export const KAFKA_FIELDS: Fields = {
  value: {
    label: 'Value',
    description: 'What the message says, as JSON. By default the whole event.',
    type: 'object',
    required: true,
    default: { '@path': '$.' },
  },
  key: {
    label: 'Key',
    description:
      'Messages with the same key keep their order. By default the profile, so that each person has an order.',
    type: 'string',
  },
  headers: {
    label: 'Headers',
    description: 'Further headers beside tributary-delivery-key, by their names.',
    type: 'object',
    additionalProperties: true,
  },
};

/** Of a connection. */
export const KAFKA_OPTIONS: Fields = {
  topic: {
    label: 'Topic',
    description: 'Where the messages go; it must be there already.',
    type: 'string',
    required: true,
    maximum: 249,
  },
};
