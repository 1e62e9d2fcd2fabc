import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { PROTOCOL_VERSION } from '../../src/protocol/version.ts';
import { ProcessNetwork } from '../harness/processes.ts';
import { runProgram } from '../harness/program.ts';
import { tempFolder } from '../harness/temp-folder.ts';

describe('a daemon that does not answer', { concurrency: true }, () => {
  it('is told of after some seconds, and no command waits for it for ever', async () => {
    await using network = await ProcessNetwork.start();
    const alice = await network.peer('alice');
    const folder = await network.makeFolder('more');
    alice.daemon.signal('SIGSTOP');
    network.registry.signal('SIGSTOP');
    const runs = [
      ...[['status'], ['share', folder], ['get', 'x'], ['csv'], ['doctor']].map(
        async (args) => [args, alice.daemon.pid, await alice.run(args, { timeout: 20_000 })] as const,
      ),
      (async () => {
        const args = ['registry', 'invites'];
        const data = ['--data', network.folder.join('registry')];
        return [
          args,
          network.registry.pid,
          await runProgram([...args, ...data], { timeout: 20_000 }),
        ] as const;
      })(),
    ];
    for (const [args, pid, { code, stdout, stderr }] of await Promise.all(runs)) {
      assert.equal(code, 4, args.join(' '));
      assert.equal(stdout, '');
      assert.match(stderr, new RegExp(`^the .*\\(process ${pid}\\) does not answer; waiting`, 'm'));
      assert.match(stderr, new RegExp(`^peerdex: .*\\(process ${pid}\\) does not answer$`, 'm'));
      assert.match(stderr, new RegExp(`^hint: .*kill -CONT ${pid}`, 'm'));
    }
  });

  it('to a long question, but says that it is alive, is waited for', async () => {
    await using folder = await tempFolder();
    let looks = 0;
    let answer: (() => void) | undefined;
    const server = createServer((request, response) => {
      if (request.url === '/v1/shares')
        answer = () => response.end(JSON.stringify({ path: '/x', name: 'x', files: 1, bytes: 1 }));
      else response.writeHead(404).end();
      // Three are more than the patience with one that says nothing.
      if (request.url === '/v1/alive') looks += 1;
      if (looks === 3) answer?.();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const daemon = { pid: process.pid, port, token: 'x', protocol: PROTOCOL_VERSION };
    await writeFile(folder.join('daemon.json'), JSON.stringify(daemon));
    const { code, stderr } = await runProgram(['share', folder.path, '--data', folder.path]);
    server.close();
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(stderr, /does not answer/);
  });
});
