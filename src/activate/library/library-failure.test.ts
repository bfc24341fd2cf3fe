import { describe, expect, test } from 'vitest';
import { SendFailure } from '../destinations/destination.js';
import { isUnauthorized, libraryFailure, multiStatusFailure, singleFailure } from './library-failure.js';

const NOW = Date.UTC(2026, 2, 1);

function error(name: string, parts: object = {}, message = 'Why'): Error {
  return Object.assign(new Error(message), { name }, parts);
}

function answered(status: number, headers: Record<string, string> = {}): Error {
  return error('HTTPError', { response: { status, headers: new Headers(headers) } }, 'Too Many Requests');
}

describe('errors of the library', () => {
  test.each([
    [error('AggregateAjvError'), 'payload_invalid', false],
    [
      error('PayloadValidationError', { code: 'PAYLOAD_VALIDATION_FAILED', status: 400 }),
      'payload_invalid',
      false,
    ],
    [
      error('InvalidAuthenticationError', { code: 'INVALID_AUTHENTICATION', status: 401 }),
      'authentication_failed',
      true,
    ],
    [
      error('IntegrationError', { code: 'REFRESH_TOKEN_EXPIRED', status: 400 }),
      'authentication_failed',
      true,
    ],
    [answered(401), 'authentication_failed', true],
    [answered(403), 'http_403', false],
    [answered(503), 'http_503', true],
    [error('RetryableError', { code: 'RETRYABLE_ERROR', status: 500 }), 'retryable', true],
    [error('TimeoutError'), 'timeout', true],
    [error('SelfTimeoutError', { status: 408 }), 'timeout', true],
    [error('IntegrationError', { code: 'MISSING_FIELD', status: 400 }), 'connector_refused', false],
    [error('APIError', { code: '502', status: 502 }), 'retryable', true],
    [error('TypeError'), 'connector_failed', true],
    ['just a text', 'connector_failed', true],
    [undefined, 'connector_failed', true],
  ])('%s', (thrown, code, retry) => {
    expect(libraryFailure(thrown, NOW)).toMatchObject({ code, retry });
  });

  test('keep the time that the tool asks for', () => {
    expect(libraryFailure(answered(429, { 'retry-after': '7' }), NOW)).toEqual({
      code: 'http_429',
      message: 'Too Many Requests',
      retry: true,
      retryAfterMs: 7_000,
    });
  });

  test('that come of our own doors say what these said, however deep they are', () => {
    const failure = { code: 'address_refused', message: 'No', retry: false };
    const cause = new SendFailure(failure);
    expect(libraryFailure(cause, NOW)).toEqual(failure);
    expect(
      libraryFailure(new Error('Upload failed', { cause: new Error('Socket', { cause }) }), NOW),
    ).toEqual(failure);
  });

  test('are cut', () => {
    expect(libraryFailure(error('AggregateAjvError', {}, 'x'.repeat(5_000)), NOW).message).toHaveLength(
      1_001,
    );
  });
});

describe('items of a batch', () => {
  test.each([
    [{ status: 200 }, undefined],
    [{ status: 201, body: 'x', sent: {} }, undefined],
    [
      { status: 400, errormessage: 'no', errortype: 'PAYLOAD_VALIDATION_FAILED' },
      { code: 'payload_invalid', retry: false },
    ],
    [
      { status: 404, errormessage: 'no', errorreporter: 'DESTINATION' },
      { code: 'http_404', retry: false },
    ],
    [
      { status: 400, errormessage: 'no', errorreporter: 'INTEGRATIONS' },
      { code: 'connector_refused', retry: false },
    ],
    [
      { status: 429, errormessage: 'no' },
      { code: 'http_429', retry: true },
    ],
    [{ status: 500 }, { code: 'http_500', message: 'The tool answered 500', retry: true }],
    [
      { status: 401, errormessage: 'no' },
      { code: 'authentication_failed', retry: true },
    ],
    [undefined, { code: 'connector_failed', retry: true }],
  ])('%j', (item, expected) => {
    const failure = multiStatusFailure(item, NOW);
    if (expected === undefined) expect(failure).toBeUndefined();
    else expect(failure).toMatchObject(expected);
  });
});

describe('a single item whose action did not throw', () => {
  const executed = (data: unknown) => [{ output: 'Mappings resolved' }, { data, output: 'Action Executed' }];
  const withItem = (item: object) => executed({ getResponseAtIndex: () => ({ value: () => item }) });

  test('has failed when its result says so', () => {
    expect(singleFailure(withItem({ status: 200 }), undefined, NOW)).toBeUndefined();
    expect(
      singleFailure(withItem({ status: 400, errormessage: 'No such host' }), undefined, NOW),
    ).toMatchObject({
      code: 'http_400',
      message: 'No such host',
    });
  });

  test('has failed when the tool refused the last request, and nobody looked', () => {
    const answer = (status: number, headers = {}) => new Response(null, { status, headers });
    expect(singleFailure(executed({}), answer(204), NOW)).toBeUndefined();
    expect(singleFailure(executed(undefined), answer(422), NOW)).toMatchObject({
      code: 'http_422',
      retry: false,
    });
    expect(singleFailure(executed({}), answer(503, { 'retry-after': '2' }), NOW)).toMatchObject({
      code: 'http_503',
      retryAfterMs: 2_000,
    });
    expect(singleFailure(executed({}), answer(401), NOW)).toMatchObject({
      code: 'authentication_failed',
      retry: true,
    });
    expect(singleFailure([], undefined, NOW)).toBeUndefined();
  });
});

test('new tokens may help where the tool does not know who asks', () => {
  expect(isUnauthorized(answered(401))).toBe(true);
  expect(isUnauthorized(error('InvalidAuthenticationError', { status: 401 }))).toBe(true);
  expect(isUnauthorized(answered(403))).toBe(false);
});
