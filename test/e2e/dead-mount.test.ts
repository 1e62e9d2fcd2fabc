import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { FindAnswer } from '../harness/answers.ts';
import { eventually } from '../harness/eventually.ts';
import { ProcessNetwork } from '../harness/processes.ts';

/** A file system whose server never answers: whoever looks into it waits in the system, as on a server that is away. */
class DeadMount implements AsyncDisposable {
  readonly #shell: ReturnType<typeof spawn>;
  readonly #at: string;

  private constructor(shell: ReturnType<typeof spawn>, at: string) {
    this.#shell = shell;
    this.#at = at;
  }

  /** Undefined where this machine lets nobody mount it. */
  static async at(folder: string): Promise<DeadMount | undefined> {
    const options = 'fd=3,rootmode=40000,user_id=0,group_id=0,allow_other';
    const script = 'exec 3<>/dev/fuse && mount -i -t fuse -o "$1" dead "$2" && echo mounted && read line';
    const shell = spawn('sh', ['-c', script, 'sh', options, folder], { stdio: ['pipe', 'pipe', 'ignore'] });
    const mounted = await Promise.race([
      once(shell.stdout!, 'data').then(() => true),
      once(shell, 'exit').then(() => false),
    ]);
    return mounted ? new DeadMount(shell, folder) : undefined;
  }

  /** Who waits gets an error. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#shell.kill('SIGKILL');
    await once(this.#shell, 'exit');
    spawnSync('umount', ['-l', this.#at], { stdio: 'ignore' });
  }
}

describe('a mount that does not answer', () => {
  it('holds up neither other shares nor the end of the daemon', async (t) => {
    await using network = await ProcessNetwork.start();
    const folder = await network.makeFolder('with-dead');
    const dead = path.join(folder, 'dead');
    await mkdir(dead);
    await using mount = await DeadMount.at(dead);
    if (!mount) return t.skip('cannot mount a file system of user space here');
    const good = await network.makeFolder('good');
    const peer = await network.peer('alice', { scanInterval: 1 });
    const sharing = peer.run(['share', folder]);
    await eventually(async () => {
      const { shares } = await peer.client.status();
      return shares.some(({ name, state }) => name === 'with-dead' && state === 'scanning');
    });
    await writeFile(path.join(good, 'alive.txt'), 'alive');
    await peer.ask(['share', good]);
    assert.equal((await peer.ask<FindAnswer>(['find', 'alive'])).total, 1);
    assert.equal(await peer.daemon.kill('SIGTERM'), 0);
    assert.equal((await sharing).code, 4);
  });
});
