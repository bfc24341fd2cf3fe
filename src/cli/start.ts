import type { Command } from 'commander';
import { readConfig } from '../config.js';
import { startServer } from '../server.js';
import { action } from './action.js';

/** `tributary start`: the whole product in one process, until SIGTERM or SIGINT. */
export function registerStart(program: Command): void {
  const run = action(start);
  program
    .command('start')
    .description('start the server (settings: docs/settings.md)')
    .action(async () => {
      await run();
      // A start that failed midway may leave a thread or a connection behind, which would keep the process alive.
      if (process.exitCode !== undefined) process.exit();
    });
}

async function start(): Promise<void> {
  const config = readConfig();
  const die = (error: unknown) => {
    console.error('The process worker died. Start again: nothing that was acknowledged is lost.', error);
    process.exit(1);
  };
  const server = await startServer(config, die);
  greet(server.url, server.generatedToken);
  let stopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      server.stop().then(
        () => process.exit(0),
        (error: unknown) => {
          console.error('Stopping failed. Nothing that was acknowledged is lost.', error);
          process.exit(1);
        },
      );
    });
  }
}

function greet(url: string, token: string | undefined): void {
  const lines = [
    '',
    `  Tributary is ready at ${url}`,
    '',
    `    console        ${url}/`,
    `    send events    ${url}/v1/batch  (any Segment-compatible SDK)`,
    `    admin API      ${url}/api/v1/openapi.json`,
    `    health         ${url}/health/ready   metrics ${url}/metrics`,
  ];
  if (token !== undefined) {
    lines.push(
      '',
      `    admin token    ${token}`,
      '                   shown this once: keep it, or set TRIBUTARY_ADMIN_TOKEN',
    );
  }
  lines.push('', `    try it         TRIBUTARY_ADMIN_TOKEN=${token ?? 'trb_...'} npx tributary demo`, '');
  console.log(lines.join('\n'));
}
