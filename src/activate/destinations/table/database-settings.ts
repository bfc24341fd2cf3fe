/** Settings that database servers have in common. */
import type { Fields } from '../../../core/mapping/field.js';

/** Where a database is, and who signs in. */
export function databaseSettings(port: number): Fields {
  return {
    host: {
      label: 'Host',
      description: 'Name or address of the server.',
      type: 'string',
      required: true,
    },
    port: {
      label: 'Port',
      description: 'Its TCP port.',
      type: 'integer',
      minimum: 1,
      maximum: 65_535,
      default: port,
    },
    database: { label: 'Database', description: 'Where the tables are.', type: 'string', required: true },
    user: { label: 'User', description: 'Who signs in.', type: 'string', required: true },
    password: { label: 'Password', description: 'Of the user.', type: 'password', secret: true },
    tls: {
      label: 'TLS',
      description: 'Encrypts the connection and checks the certificate of the server.',
      type: 'boolean',
      default: true,
    },
    certificateAuthority: {
      label: 'Certificate authority',
      description: 'Certificate (PEM) that vouches for the server, where no public one does.',
      type: 'text',
    },
    connectionsMax: {
      label: 'Connections',
      description: 'Most connections at once.',
      type: 'integer',
      minimum: 1,
      maximum: 50,
      default: 4,
    },
  };
}
