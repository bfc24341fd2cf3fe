import type { FastifyInstance } from 'fastify';
import type { Metrics } from '../telemetry/metrics.js';

/** One thing that must work, and how it is. */
export interface Check {
  readonly ok: boolean;
  /** Figures or a sentence, for whoever looks. */
  readonly [detail: string]: unknown;
}

/** What readiness asks, by name. */
export type Checks = Readonly<Record<string, () => Promise<Check>>>;

const CHECK_MS_MAX = 2_000;

/** Liveness, readiness and metrics. Open to all: nothing here is a secret. */
export async function healthRoutes(
  app: FastifyInstance,
  parts: { checks: Checks; metrics: Metrics },
): Promise<void> {
  app.get('/health/live', async () => ({ status: 'ok' }));
  app.get('/health/ready', async (_request, reply) => {
    const checks = await runChecks(parts.checks);
    const ok = Object.values(checks).every((result) => result.ok);
    if (!ok) reply.code(503).header('retry-after', 1);
    return { status: ok ? 'ok' : 'unavailable', checks };
  });
  app.get('/metrics', async (_request, reply) => {
    const { contentType, text } = await parts.metrics.print();
    return reply.type(contentType).send(text);
  });
}

/** Asks all of them; what fails, or gives no answer in time, is not well. */
export async function runChecks(checks: Checks): Promise<Record<string, Check>> {
  const results = Object.entries(checks).map(async ([name, check]) => [name, await run(check)] as const);
  return Object.fromEntries(await Promise.all(results));
}

async function run(check: Checks[string]): Promise<Check> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Check>((resolve) => {
    timer = setTimeout(resolve, CHECK_MS_MAX, { ok: false, reason: `No answer within ${CHECK_MS_MAX} ms` });
  });
  try {
    return await Promise.race([check(), late]);
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}
