import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Debian's package by the name of the program that it brings. */
export type Tools = Readonly<Record<string, string>>;

/** Programs that tests start besides Node, and the Debian packages that bring them. */
const TOOLS: Tools = {
  chromium: 'chromium',
  curl: 'curl',
  openssl: 'openssl',
  tmux: 'tmux',
  bash: 'bash',
  zsh: 'zsh',
  fish: 'fish',
  perl: 'perl',
  'systemd-notify': 'systemd',
  setpriv: 'util-linux',
  'mkfs.exfat': 'exfatprogs',
  'mount.exfat-fuse': 'exfat-fuse',
};
const INSTALL_TIMEOUT_MS = 120_000;

/**
 * Installs what is missing where this is allowed (root on Debian and its kin); elsewhere the tests that need it skip and say so.
 * Never fails: a machine without a network still runs every other test.
 */
export function provideSystemTools(tools: Tools = TOOLS): void {
  const missing = missingOf(tools);
  if (missing.length === 0 || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return;
  const packages = missing.map((name) => tools[name]!);
  process.stderr.write(`installing for the tests: ${packages.join(' ')}\n`);
  if (!apt('install', '-y', '--no-install-recommends', ...packages)) {
    apt('update');
    apt('install', '-y', '--no-install-recommends', ...packages);
  }
}

/** The programs of `tools` that are not in PATH. */
export const missingOf = (tools: Tools): string[] => Object.keys(tools).filter((name) => !hasTool(name));

/** True when a program of that name is in PATH. */
export function hasTool(name: string): boolean {
  return (process.env.PATH ?? '')
    .split(':')
    .some((folder) => folder !== '' && existsSync(`${folder}/${name}`));
}

/** For a test's `skip`: false where the tool is there, else the reason and the mend in one line. */
export function skipWithout(name: keyof typeof TOOLS & string): string | false {
  return hasTool(name) ? false : `${name} is not installed: install the package ${TOOLS[name]} and run again`;
}

function apt(...args: string[]): boolean {
  const { status } = spawnSync('apt-get', ['-qq', '-o', 'Acquire::Retries=1', ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'ignore', 'ignore'],
    timeout: INSTALL_TIMEOUT_MS,
  });
  return status === 0;
}
