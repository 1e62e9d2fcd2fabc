import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { PREFACE } from '../../src/protocol/swarm/limits.ts';
import { ProcessNetwork } from '../harness/processes.ts';

/** What a listener answers to these bytes until it closes the connection. */
async function answerTo(port: number, bytes: string | Uint8Array): Promise<Buffer> {
  const socket = connect(port, '127.0.0.1');
  const answer: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => answer.push(chunk)).on('error', () => {});
  socket.write(bytes);
  await once(socket, 'close', { signal: AbortSignal.timeout(60_000) });
  return Buffer.concat(answer);
}

describe('a TLS listener', () => {
  it('answers nothing to plaintext, of the registry and of a peer', async () => {
    await using network = await ProcessNetwork.start();
    const { port } = await network.peer('alice');
    for (const at of [network.registryPort, port]) {
      for (const said of [
        'GET /v1/network HTTP/1.1\r\nHost: localhost\r\n\r\n',
        'GET /v1/peer HTTP/1.0\r\n\r\n',
        Buffer.concat([PREFACE, Buffer.alloc(64)]),
        Buffer.alloc(2048, 0xff),
      ])
        assert.equal((await answerTo(at, said)).toString('latin1'), '');
    }
  });
});
