import type { FastifyRequest } from 'fastify';
import { TributaryError } from '../core/errors.js';
import type { CollectParts } from './accept.js';

/**
 * The settings that the browser client loads before it sends anything: where to, and nothing else to load.
 * `apiHost` has no scheme and ends in `/v1`.
 * @throws TributaryError `not_found` for a write key that no enabled source has.
 */
export async function clientSettings(
  request: FastifyRequest<{ Params: { writeKey: string } }>,
  { sourceOfKey, publicUrl }: CollectParts,
): Promise<unknown> {
  const { writeKey } = request.params;
  if (!sourceOfKey(writeKey)?.enabled) {
    throw new TributaryError('not_found', 'This write key belongs to no source, or to one that is disabled.');
  }
  const address = publicUrl ?? `${request.protocol}://${request.host}`;
  if (!URL.canParse(address)) {
    throw new TributaryError('request_invalid', 'The Host header must name this server.');
  }
  const base = new URL(address);
  const apiHost = `${base.host}${base.pathname.replace(/\/+$/, '')}/v1`;
  return {
    integrations: {
      'Segment.io': {
        apiKey: writeKey,
        apiHost,
        protocol: base.protocol.slice(0, -1),
        versionSettings: { version: '4.4.7', componentTypes: ['browser'] },
      },
    },
    plan: {
      track: { __default: { enabled: true, integrations: {} } },
      identify: { __default: { enabled: true } },
      group: { __default: { enabled: true } },
    },
    edgeFunction: {},
    analyticsNextEnabled: true,
    middlewareSettings: {},
    enabledMiddleware: {},
    metrics: { host: apiHost, sampleRate: 0 },
    legacyVideoPluginsEnabled: false,
    remotePlugins: [],
  };
}
