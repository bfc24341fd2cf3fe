/** What an answer of a mail server means for the message, and for the address. */
import { isNobodyThere } from '../../../core/email/mailbox-status.js';
import { type Failure, SendFailure } from '../destination.js';

/** An error as nodemailer throws it. */
export interface SmtpError {
  /** `EAUTH`, `ECONNECTION` and so on. */
  readonly code?: string | undefined;
  readonly command?: string | undefined;
  readonly responseCode?: number | undefined;
  readonly response?: string | undefined;
  readonly message: string;
}

const SHOWN_CHARS_MAX = 300;
/** Of replies without an enhanced status: mailbox unavailable, user not local, mailbox name not allowed (RFC 5321). */
const NOBODY_THERE_REPLIES = new Set([550, 551, 553]);

/** @param address the recipient of the message. */
export function smtpFailure(error: SmtpError, address: string): SendFailure {
  return new SendFailure(failureOf(error, address), { cause: error });
}

function failureOf(error: SmtpError, address: string): Failure {
  const { code, responseCode: reply } = error;
  const said = (error.response ?? error.message).replace(/\s+/g, ' ').slice(0, SHOWN_CHARS_MAX);
  if (code === 'EAUTH' || code === 'ENOAUTH')
    return { code: 'auth_failed', message: `The mail server refuses to let us in: ${said}`, retry: true };
  if (code === 'ETLS' || isCertificate(error))
    return { code: 'tls_failed', message: `No safe connection to the mail server: ${said}`, retry: true };
  if (reply === undefined || reply === 0) {
    // Without an answer nothing was refused, but for what nodemailer itself finds wrong with an address.
    const retry = code !== 'EENVELOPE';
    return { code: retry ? 'connection_failed' : 'address_invalid', message: said, retry };
  }
  if (reply >= 400 && reply < 500)
    return { code: `smtp_${reply}`, message: `The mail server put it off: ${said}`, retry: true };
  if (isHardBounce(error, reply)) {
    return {
      code: 'hard_bounce',
      message: `There is nobody at the address: ${said}`,
      retry: false,
      feedback: { kind: 'hard_bounce', address },
    };
  }
  // A 503 is about the order of commands, so about the session and not about the message.
  return { code: `smtp_${reply}`, message: `The mail server refuses it: ${said}`, retry: reply === 503 };
}

function isHardBounce({ command, response = '' }: SmtpError, reply: number): boolean {
  if (reply < 500 || command === 'MAIL FROM') return false;
  const enhanced = /^\d{3}[ -](5\.\d{1,3}\.\d{1,3})\b/.exec(response)?.[1];
  if (enhanced !== undefined) return isNobodyThere(enhanced);
  return command === 'RCPT TO' && NOBODY_THERE_REPLIES.has(reply);
}

function isCertificate({ code, message }: SmtpError): boolean {
  return code === 'ESOCKET' && /certificate|altnames|\bTLS\b|\bSSL\b/i.test(message);
}
