/** Enhanced status codes (RFC 3463): bad destination mailbox or domain, mailbox disabled, no such host. Not what is said of the sender. */
const NOBODY_THERE = /^5\.1\.(?![789]$)\d{1,3}$|^5\.2\.1$|^5\.4\.4$/;

/** True when a status says that there is nobody at the address, and never will be: not that a mailbox is full or a message unwelcome. */
export function isNobodyThere(enhancedStatus: string): boolean {
  return NOBODY_THERE.test(enhancedStatus);
}
