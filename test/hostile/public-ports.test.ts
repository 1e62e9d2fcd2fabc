import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Status } from '../harness/answers.ts';
import { eventually } from '../harness/eventually.ts';
import { HostilePeer } from '../harness/hostile-peer.ts';
import type { PeerProcess, ProcessNetwork } from '../harness/processes.ts';
import { GoodPair } from './good-pair.ts';

describe('nonsense on public ports', () => {
  let pair: GoodPair;
  let network: ProcessNetwork;
  let bob: PeerProcess;
  let base: { join: string };

  before(async () => {
    pair = await GoodPair.start();
    ({ network, bob } = pair);
    base = { join: network.join };
  });
  after(() => pair[Symbol.asyncDispose]());

  const stillWell = () => pair.stillWell();

  it('a registry refuses another protocol version with one sentence', async () => {
    await assert.rejects(HostilePeer.start({ ...base, name: 'future', protocol: 99 }), {
      code: 'unsupported',
      message: /version 99/,
    });
  });

  it('nonsense on the public port ends the connection and nothing else', async () => {
    const junk = [
      randomBytes(70_000),
      Buffer.from('GET / HTTP/1.1\r\n'.padEnd(200_000, 'x')),
      Buffer.alloc(100_000),
      Buffer.from('\x16\x03\x01'),
    ];
    for (const bytes of junk) {
      for (const port of [bob.port, network.registryPort]) {
        const socket = connect(port, '127.0.0.1');
        socket.on('error', () => {});
        await once(socket, 'connect');
        socket.end(bytes);
        socket.resume();
        await eventually(() => socket.closed, { timeout: 40_000 });
      }
    }
    await stillWell();
    assert.equal((await bob.ask<Status>(['status'])).network.registered, true);
    assert.ok(existsSync(path.join(bob.data, 'daemon.json')));
  });
});
