import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { copyCheckout } from '../harness/checkout-copy.ts';
import { runProgram } from '../harness/program.ts';
import { smoke } from '../harness/smoke.ts';
import { type TempFolder, tempFolder } from '../harness/temp-folder.ts';

const ROOT = path.dirname(path.dirname(import.meta.dirname));
/** The oldest Node that the package promises; the tests themselves run on the newest. */
const OLDEST = `node-${process.platform}-${process.arch}@24`;
const NPM_TIMEOUT_MS = 180_000;

/** Without the registry nothing can be installed. */
const offline = (): string | false =>
  spawnSync('npm', ['ping', '--fetch-retries=0', '--fetch-timeout=10000']).status === 0
    ? false
    : 'the npm registry is not reachable: connect and run again';

function npm(cwd: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('npm', args, {
    cwd,
    encoding: 'utf8',
    timeout: NPM_TIMEOUT_MS,
  });
  assert.equal(status, 0, `npm ${args.join(' ')}\n${stdout}\n${stderr}`);
  return stdout;
}

describe('the package as it is published', { skip: offline() }, () => {
  let folder: TempFolder;
  let program: string;
  let files: string[];
  const { version, bin } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    version: string;
    bin: { peerdex: string };
  };

  before(async () => {
    folder = await tempFolder();
    const checkout = folder.join('checkout');
    copyCheckout(checkout);
    symlinkSync(path.join(ROOT, 'node_modules'), path.join(checkout, 'node_modules'));
    const packed = npm(checkout, 'pack', '--json', '--pack-destination', folder.path);
    // prepack may print before the JSON.
    const [report] = JSON.parse(packed.slice(packed.indexOf('[\n'))) as {
      filename: string;
      files: { path: string }[];
    }[];
    files = report!.files.map((file) => file.path);
    const home = folder.join('home');
    await mkdir(home);
    await writeFile(path.join(home, 'package.json'), '{"private":true}');
    npm(
      home,
      'install',
      '--omit=dev',
      '--prefer-offline',
      '--no-audit',
      '--no-fund',
      folder.join(report!.filename),
      OLDEST,
    );
    program = path.join(home, 'node_modules/peerdex', bin.peerdex);
  });
  after(() => folder[Symbol.asyncDispose]());

  it('has what it needs and nothing that is only for developers', () => {
    for (const wanted of [
      'bin/peerdex.js',
      'dist/cli/main.js',
      'dist/dashboard/index.html',
      'LICENSE',
      'README.md',
      'CHANGELOG.md',
      'SECURITY.md',
      'ARCHITECTURE.md',
    ]) {
      assert.ok(files.includes(wanted), `${wanted} is in the package`);
    }
    assert.deepEqual(
      files.filter((file) => /^(src|test|bench|node_modules)\/|\.test\.|(?<!\.d)\.ts$/.test(file)),
      [],
    );
    assert.equal(existsSync(path.join(path.dirname(path.dirname(program)), 'src')), false);
  });

  it('says its version', async () => {
    const { code, stdout, stderr } = await runProgram(['--version'], { program });
    assert.equal(code, 0, stderr);
    assert.equal(stdout.trim(), version);
    assert.ok(existsSync(folder.join('home/node_modules/.bin/peerdex')));
  });

  for (const node of ['this Node', 'Node 24']) {
    it(`runs a registry and peers that scan, find and fetch, on ${node}`, async () => {
      const own = path.join(
        path.dirname(path.dirname(path.dirname(program))),
        OLDEST.split('@')[0]!,
        'bin/node',
      );
      const command = [node === 'this Node' ? process.execPath : own, program];
      const { stdout } = spawnSync(command[0]!, ['--version'], { encoding: 'utf8' });
      assert.match(stdout, node === 'this Node' ? /^v26\./ : /^v24\./);
      await smoke(folder.join(node), { command });
    });
  }
});
