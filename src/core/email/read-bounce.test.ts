import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readBounce } from './read-bounce.js';
import { readReturnPath, returnPath } from './return-path.js';

const RETURN_PATH = 'bounces+11111111111141118111111111111111abcdefabcdef@mail.shop.example';

/** A report as Postfix writes it (RFC 3464), with the fields of one recipient. */
function postfix(fields: string, { type = 'message/delivery-status', to = RETURN_PATH } = {}): string {
  return `Return-Path: <>
Delivered-To: ${to}
From: MAILER-DAEMON@mx.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: ${to}
Content-Type: multipart/report; report-type=delivery-status;
	boundary="B/mx.example"
MIME-Version: 1.0

This is a MIME-encapsulated message.

--B/mx.example
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.
--B/mx.example
Content-Type: ${type}

Reporting-MTA: dns; mx.example
Arrival-Date: Sun,  1 Mar 2026 12:00:00 +0000

${fields}

--B/mx.example
Content-Type: message/rfc822

Return-Path: <${RETURN_PATH}>
To: Ann <ann@example.com>
Subject: Hello

Hi
--B/mx.example--
`.replaceAll('\n', '\r\n');
}

const recipient = (action: string, status: string, diagnostic = '') =>
  `Final-Recipient: rfc822; Ann@example.com
Original-Recipient: rfc822;ann@example.com
Action: ${action}
Status: ${status}
Diagnostic-Code: smtp; ${diagnostic}`;

describe('a report that a message did not arrive', () => {
  test('tells whom it is about, where it came back to, and what was said', () => {
    const said = '550 5.1.1 <ann@example.com>:\n    Recipient address rejected: User unknown';
    expect(readBounce(postfix(recipient('failed', '5.1.1', said)))).toEqual({
      kind: 'hard_bounce',
      addresses: ['ann@example.com'],
      returnPaths: [RETURN_PATH],
      detail: 'smtp; 550 5.1.1 <ann@example.com>: Recipient address rejected: User unknown',
    });
  });

  test.each([
    ['failed', '5.1.1', '', 'hard_bounce'],
    ['failed', '5.1.10', '', 'hard_bounce'],
    ['failed', '5.1.8', '', 'soft_bounce'],
    ['failed', '5.2.2', '552 mailbox full', 'soft_bounce'],
    ['failed', '5.7.1', '554 spam', 'soft_bounce'],
    ['failed', '5.0.0', '550-5.1.1 The email account does not exist', 'hard_bounce'],
    ['failed', '4.4.7', 'expired', 'soft_bounce'],
    ['delayed', '4.4.1', '', 'soft_bounce'],
  ])('%s with %s (%s) is a %4$s', (action, status, said, kind) => {
    expect(readBounce(postfix(recipient(action, status, said)))).toMatchObject({ kind });
  });

  test.each(['delivered', 'relayed', 'expanded'])('and says "%s" is no bounce', (action) => {
    expect(readBounce(postfix(recipient(action, '2.0.0')))).toBeUndefined();
  });

  test('is read in UTF-8 (RFC 6533), and where its parts are encoded', () => {
    const type = 'message/global-delivery-status';
    const fields = 'Final-Recipient: utf-8; 用户@例え.jp\nAction: failed\nStatus: 5.1.1';
    expect(readBounce(postfix(fields, { type }))).toMatchObject({ addresses: ['用户@例え.jp'] });
    const encoded = Buffer.from(`Reporting-MTA: dns; mx\n\n${recipient('failed', '5.1.1')}`);
    const text = `To: b@shop.example
Content-Type: multipart/report; boundary=x

--x
Content-Type: message/delivery-status
Content-Transfer-Encoding: base64

${encoded.toString('base64').replace(/(.{60})/g, '$1\n')}
--x--`;
    expect(readBounce(text)).toMatchObject({ kind: 'hard_bounce', addresses: ['ann@example.com'] });
  });

  test('about many tells of the one that nobody is at', () => {
    const fields = `${recipient('delayed', '4.4.1')}\n\nFinal-Recipient: rfc822; bob@example.com\nAction: failed\nStatus: 5.1.1`;
    expect(readBounce(postfix(fields))).toMatchObject({
      kind: 'hard_bounce',
      addresses: ['bob@example.com'],
    });
  });
});

/** The example of RFC 5965, appendix B.2, shortened. */
const COMPLAINT = `From: <abusedesk@example.com>
Date: Thu, 8 Mar 2005 17:40:36 EDT
Subject: FW: Earn money
To: <abuse@example.net>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report;
     boundary="part1_13d.2e68ed54_boundary"

--part1_13d.2e68ed54_boundary
Content-Type: text/plain; charset="US-ASCII"
Content-Transfer-Encoding: 7bit

This is an email abuse report for an email message
received from IP 192.0.2.1 on Thu, 8 Mar 2005 14:00:00 EDT.

--part1_13d.2e68ed54_boundary
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: SomeGenerator/1.0
Version: 1
Original-Mail-From: <somespammer@example.net>
Original-Rcpt-To: <user@example.com>
Arrival-Date: Thu, 8 Mar 2005 14:00:00 EDT
Reporting-MTA: dns; mail.example.com
Source-IP: 192.0.2.1
Removal-Recipient: user@example.com

--part1_13d.2e68ed54_boundary
Content-Type: message/rfc822
Content-Disposition: inline

From: <somespammer@example.net>
Received: from mailserver.example.net (mailserver.example.net [192.0.2.1])
     by example.com with ESMTP id M63d4137594e46
To: <Undisclosed Recipients>
Subject: Earn money

Spam Spam Spam
--part1_13d.2e68ed54_boundary--
`;

test('a complaint tells who complains, and whose message it was', () => {
  expect(readBounce(COMPLAINT)).toEqual({
    kind: 'complaint',
    addresses: ['user@example.com'],
    returnPaths: ['abuse@example.net', 'somespammer@example.net'],
    detail: 'abuse SomeGenerator/1.0',
  });
  expect(readBounce(COMPLAINT.replace('Feedback-Type: abuse', 'Feedback-Type: not-spam'))).toBeUndefined();
});

test.each([
  'To: bounces@shop.example\nSubject: Re: Hello\n\nThank you!',
  'Auto-Submitted: auto-replied\n\nI am on holiday until Monday.',
  '',
  'Content-Type: multipart/report; boundary="b"\n\n--b\nContent-Type: message/delivery-status\n\n--b--',
])('what is no report says nothing: %j', (text) => {
  expect(readBounce(text)).toBeUndefined();
});

test('anything can be read, and nothing takes long', () => {
  const pieces = fc.constantFrom(
    '--b',
    '\n',
    '\r',
    ':',
    ';',
    '=',
    '"',
    'Content-Type: multipart/report; boundary=b',
    ' ',
    '<a@b>',
    'Content-Type: message/rfc822',
    'é',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(pieces, fc.string()), { maxLength: 60 }), (parts) => {
      const { addresses = [] } = readBounce(parts.join('')) ?? {};
      expect(addresses.filter((address) => !/^[^@\s]+@[^@\s]+$/.test(address))).toEqual([]);
    }),
  );
  expect(readBounce(`${'Content-Type: message/rfc822\n\n'.repeat(10_000)}x`)).toBeUndefined();
});

test('a return path names the person, and is signed over the address', () => {
  const mac = (key: string) => (text: string) => createHmac('sha256', key).update(text).digest();
  const arbitraries = [fc.uuid(), fc.emailAddress(), fc.emailAddress()] as const;
  fc.assert(
    fc.property(...arbitraries, (profileId, address, other) => {
      const path = returnPath('bounces@mail.example', { profileId, address }, mac('a'));
      expect(path.length - '@mail.example'.length).toBeLessThanOrEqual(64);
      for (const arrived of [path, path.toUpperCase()]) {
        const read = readReturnPath(arrived, mac('a'));
        expect(read?.profileId).toBe(profileId);
        expect(read?.isFor(address)).toBe(true);
        expect(read?.isFor(address.toUpperCase())).toBe(true);
        expect(read?.isFor(other)).toBe(other.toLowerCase() === address.toLowerCase());
      }
      expect(readReturnPath(path, mac('b'))?.isFor(address)).toBe(false);
    }),
  );
  expect(readReturnPath('bounces@mail.example', mac('a'))).toBeUndefined();
  const long = `${'x'.repeat(20)}@mail.example`;
  expect(returnPath(long, { profileId: crypto.randomUUID(), address: 'a@b.c' }, mac('a'))).toBe(long);
});
