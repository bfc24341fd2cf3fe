/** What errors of Kafka mean for a delivery. */
import { SendFailure } from '../destination.js';

const TOO_LARGE = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']);
const NOT_LET_IN = /AUTHENTICATION|AUTHORIZATION/;

/** The failure that an error of the client is. */
export function kafkaFailure(error: unknown): SendFailure {
  if (error instanceof SendFailure) return error;
  const type = typeOf(error);
  const message = `Kafka says: ${error instanceof Error ? error.message : String(error)}`;
  const code = TOO_LARGE.has(type)
    ? 'message_too_large'
    : NOT_LET_IN.test(type)
      ? 'auth_failed'
      : type === ''
        ? 'connection_failed'
        : `kafka_${type.toLowerCase()}`;
  // All but a message that is too large a person can mend there, topics and rights among it, and then what waits goes out.
  return new SendFailure({ code, message, retry: code !== 'message_too_large' }, { cause: error });
}

/** The protocol's name of an error, or of what it was made from. */
function typeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if (error.name === 'KafkaJSSASLAuthenticationError') return 'SASL_AUTHENTICATION_FAILED';
  if ('type' in error && typeof error.type === 'string') return error.type;
  return typeOf(error.cause);
}
