import type { Event } from '../../src/core/event/event.js';
import type { Envelope } from '../../src/core/event/wire.js';

/** A checked event with what a test cares for; all else is plain. */
export function anEvent(given: Partial<Event> = {}): Event {
  return {
    offset: 0,
    sourceId: 'src_test',
    messageId: 'm',
    type: 'track',
    name: given.type === undefined || given.type === 'track' ? 'Seen' : '',
    userId: '',
    anonymousId: '',
    groupId: '',
    previousId: '',
    properties: {},
    traits: {},
    context: {},
    integrations: {},
    timestamp: 1_750_000_000_000,
    receivedAt: 1_750_000_000_000,
    ...given,
  };
}

/** What a request says of its events, for a test of what is in them. */
export function anEnvelope(given: Partial<Envelope> = {}): Envelope {
  return {
    call: 'batch',
    sourceId: 'src_test',
    receipt: 'receipt',
    receivedAt: 1_750_000_000_000,
    ip: '',
    userAgent: '',
    direct: false,
    bodyBytes: 100,
    eventBytesMax: 1_000,
    escapes: false,
    ...given,
  };
}
