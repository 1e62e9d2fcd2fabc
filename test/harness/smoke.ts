import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { FindAnswer } from './answers.ts';
import { Daemon } from './daemon.ts';
import { eventually } from './eventually.ts';
import { makeTree } from './files.ts';
import type { PeerReadyLine, RegistryReady } from './processes.ts';
import { type RunOptions, runProgram } from './program.ts';

/**
 * What an installed program has to do at least: a registry, a peer that shares and has a page, one that finds and fetches. `outside`: an empty or
 * missing folder for it; `inside`: its name as the program sees it, where that runs in a root of its own.
 */
export async function smoke(outside: string, options: RunOptions, inside = outside): Promise<void> {
  await mkdir(outside, { recursive: true });
  const content = 'from the package '.repeat(40_000);
  await makeTree(path.join(outside, 'notes'), { 'packed.txt': content });
  const at = (name: string) => path.join(inside, name);
  await using registry = await Daemon.start<RegistryReady>(
    ['registry', '--listen', '127.0.0.1:0', '--data', at('registry')],
    options,
  );
  // A first join has ten seconds, in which an emulator on a busy machine may not get far.
  const up = (name: string, ...args: string[]) =>
    eventually(
      () =>
        Daemon.start<PeerReadyLine>(
          [
            ...['up', ...args, '--join', registry.ready.join, '--listen', '127.0.0.1:0'],
            ...['--name', name, '--data', at(name)],
          ],
          options,
        ),
      { timeout: options.timeout ?? 0 },
    );
  // Not again in this test: what is new there is seen by its watcher, a native library.
  await using alice = await up('alice', at('notes'), '--scan-interval', '3600');
  assert.equal(alice.ready.registered, true);
  await servesItsPage(alice.ready.dashboard!);
  await using bob = await up('bob');
  assert.equal(bob.ready.registered, true);
  const found = await runProgram(['find', 'packed', '--json', '--data', at('bob')], options);
  assert.equal((JSON.parse(found.stdout) as FindAnswer).total, 1, found.stderr);
  const got = await runProgram(['get', 'packed.txt', '-o', at('got.txt'), '--data', at('bob')], options);
  assert.equal(got.code, 0, got.stderr);
  assert.equal(await readFile(path.join(outside, 'got.txt'), 'utf8'), content);
  await makeTree(path.join(outside, 'notes'), { 'later.txt': 'seen' });
  const sees = async () =>
    JSON.parse((await runProgram(['find', 'later', '--json', '--data', at('bob')], options)).stdout).total ===
    1;
  await eventually(sees, { timeout: options.timeout ?? 30_000, every: 200 });
}

/** The dashboard's page and what it loads came with the program. */
async function servesItsPage(dashboard: string): Promise<void> {
  const page = await fetch(dashboard);
  assert.equal(page.status, 200);
  const [, script] = /<script[^>]* src="([^"]+)"/.exec(await page.text()) ?? [];
  const loaded = await fetch(new URL(script!, dashboard));
  assert.equal(loaded.status, 200);
  assert.ok((await loaded.text()).length > 0);
}
