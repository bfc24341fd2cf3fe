import { randomBytes } from 'node:crypto';

/** The header by which the audit log reads how things are: its value is made anew by each process, and never leaves it. */
export const AUDIT_READER = { header: 'x-tributary-audit', secret: randomBytes(24).toString('base64url') };
