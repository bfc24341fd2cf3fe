import { expect, test } from 'vitest';
import { OAUTH_SETTINGS, oauthSettings } from './library/library-fields.js';
import { currentTokens, keepTokens } from './oauth-tokens.js';
import { testContext } from './test-kit.js';

const settings = {
  [OAUTH_SETTINGS.accessToken]: 'first-access',
  [OAUTH_SETTINGS.refreshToken]: 'first-refresh',
  [OAUTH_SETTINGS.clientId]: 'id',
  [OAUTH_SETTINGS.clientSecret]: 'client-secret',
};
const given = oauthSettings(settings);
const fresh = { accessToken: 'second-access', refreshToken: 'second-refresh' };

test('tokens are those of the settings until they are refreshed', async () => {
  const { state } = testContext();
  expect(await currentTokens(given, state)).toEqual({
    accessToken: 'first-access',
    refreshToken: 'first-refresh',
  });
  await keepTokens(given, fresh, state);
  expect(await currentTokens(given, state)).toEqual(fresh);
});

test('what is kept shows none of them', async () => {
  const { state } = testContext();
  await keepTokens(given, fresh, state);
  const kept = String(await state.get('oauth_tokens'));
  expect(Buffer.from(kept, 'base64').toString('latin1')).not.toMatch(/access|refresh/);
  await keepTokens(given, fresh, state);
  expect(await state.get('oauth_tokens')).not.toBe(kept);
});

test('settings that were changed are not overruled by tokens of the old ones', async () => {
  const { state } = testContext();
  await keepTokens(given, fresh, state);
  const changed = oauthSettings({ ...settings, [OAUTH_SETTINGS.refreshToken]: 'pasted-anew' });
  expect(await currentTokens(changed, state)).toEqual({
    accessToken: 'first-access',
    refreshToken: 'pasted-anew',
  });
});

test('what was tampered with, or is something else, is ignored', async () => {
  const { state } = testContext();
  await keepTokens(given, fresh, state);
  const bytes = Buffer.from(String(await state.get('oauth_tokens')), 'base64');
  bytes[20] = (bytes[20] ?? 0) ^ 1;
  for (const other of [bytes.toString('base64'), 'short', 7]) {
    await state.set('oauth_tokens', other);
    expect((await currentTokens(given, state)).accessToken).toBe('first-access');
  }
});
