import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { describe, it } from 'node:test';
import { makeTree } from '../harness/files.ts';
import { ProcessNetwork } from '../harness/processes.ts';
import { runProgram, spawnProgram } from '../harness/program.ts';
import { tempFolder } from '../harness/temp-folder.ts';
import { TestMember } from '../harness/test-member.ts';

describe('daemons for people and for scripts', () => {
  it('start --json prints both ready lines, and leave takes the peer only', async () => {
    await using folder = await tempFolder();
    const music = await makeTree(folder.join('music'), { 'song.ogg': 'la' });
    const env = { PEERDEX_DATA: folder.join('data') };
    const child = spawnProgram(['start', music, '--json'], { env });
    const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
    const [registry, peer] = [JSON.parse(await nextOf(lines)), JSON.parse(await nextOf(lines))];
    assert.equal(registry.event, 'ready');
    assert.match(registry.join, /^peerdex:\/\//);
    assert.equal(peer.registered, true);
    assert.equal((await runProgram(['leave'], { env })).code, 0);
    assert.equal((await runProgram(['status'], { env })).code, 4);
    const client = await TestMember.of(registry.join).registry();
    assert.equal((await client.network()).id, registry.id, 'the registry goes on');
    const gone = once(child, 'exit');
    child.kill('SIGINT');
    assert.deepEqual(await gone, [0, null]);
  });

  for (const [mode, flags] of [
    ['plaintext', ['--plaintext']],
    ['tls', []],
  ] as const) {
    it(`up shows what is shared, where, how to join, and whether all is readable: ${mode}`, async () => {
      await using network = await ProcessNetwork.start(flags);
      const notes = await makeTree(network.folder.join('notes'), { 'a.txt': 'abc' });
      const screenOf = async (more: readonly string[]) => {
        const args = ['up', '--listen', '127.0.0.1:0', '--data', network.folder.join('screen')];
        const child = spawnProgram([...args, ...more]);
        let screen = '';
        for await (const chunk of child.stdout!.setEncoding('utf8')) {
          screen += chunk;
          if (screen.includes('Ctrl-C')) break;
        }
        const gone = once(child, 'exit');
        child.kill('SIGTERM');
        assert.deepEqual(await gone, [0, null]);
        return screen;
      };
      const screen = await screenOf([notes, '--join', network.join, '--name', 'screen']);
      assert.match(screen, /screen {2}[0-9a-f]{32}/);
      assert.match(screen, /127\.0\.0\.1:\d+/);
      assert.match(screen, /notes: 1 file, 3 B/);
      assert.ok(screen.includes(network.join));
      const again = await screenOf([]);
      for (const one of [screen, again])
        assert.equal(one.includes('This is a plaintext network'), mode === 'plaintext', one);
    });
  }

  it('a peer begins with few malloc arenas, unless its environment says how many', async () => {
    await using network = await ProcessNetwork.start();
    const arenasOf = async (name: string, env: NodeJS.ProcessEnv) => {
      const { daemon } = await network.peer(name, { env: { ...process.env, ...env } });
      const said = readFileSync(`/proc/${daemon.pid}/environ`, 'utf8').split('\0');
      return said.filter((line) => line.startsWith('MALLOC_ARENA_MAX='));
    };
    assert.deepEqual(await arenasOf('few', { MALLOC_ARENA_MAX: undefined }), ['MALLOC_ARENA_MAX=2']);
    assert.deepEqual(await arenasOf('told', { MALLOC_ARENA_MAX: '7' }), ['MALLOC_ARENA_MAX=7']);
  });

  for (const [name, expected, again] of [
    ['one SIGINT while a peer still tries to join ends it in order', 0, false],
    ['a second SIGINT ends it at once', 130, true],
  ] as const) {
    it(name, async () => {
      await using folder = await tempFolder();
      const { join, server } = await silentRegistry();
      const args = ['up', '--join', join, '--listen', '127.0.0.1:0', '--data', folder.join('data')];
      const connected = once(server, 'connection');
      const child = spawnProgram(args);
      const [socket] = await connected;
      const gone = once(child, 'exit', { signal: AbortSignal.timeout(5000) });
      child.kill('SIGINT');
      // Signals of one kind that come before the first is seen count as one, so the second is sent until it is.
      const repeat = again ? setInterval(() => child.kill('SIGINT'), 50) : undefined;
      assert.deepEqual(await gone, [expected, null]);
      clearInterval(repeat);
      (socket as Socket).destroy();
      server.close();
    });
  }
});

/** Takes connections and says nothing: whoever joins here waits. */
async function silentRegistry(): Promise<{ readonly join: string; readonly server: Server }> {
  const server = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { join: `peerdex://127.0.0.1:${port}/${'a'.repeat(32)}?mode=plaintext`, server };
}

async function nextOf(lines: AsyncIterator<string>): Promise<string> {
  const { value, done } = await lines.next();
  assert.ok(!done, 'another line');
  return value;
}
