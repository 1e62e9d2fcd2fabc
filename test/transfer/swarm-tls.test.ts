import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { PeerdexError } from '../../src/core/errors.ts';
import { LEAF_BYTES } from '../../src/core/leaf-layout.ts';
import { openTlsWire } from '../../src/network/wire/tls-wire.ts';
import { SwarmPeer } from '../harness/swarm-peer.ts';
import { WireServer } from '../harness/wire-server.ts';
import { freshKey } from '../support/fresh-key.ts';

const forever = new AbortController().signal;
const sha = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

test('a file arrives whole over TLS, from two holders at once, and back', async () => {
  await using one = await SwarmPeer.startWithTls();
  await using two = await SwarmPeer.startWithTls();
  await using fetcher = await SwarmPeer.startWithTls();
  fetcher.knows(one, two);
  const bytes = randomBytes(70 * LEAF_BYTES + 3);
  const content = await one.hold('a', bytes);
  await two.hold('a', bytes);
  one.upLimiter.rate = 40e6;
  two.upLimiter.rate = 40e6;
  const fetch = fetcher.fetch(content, bytes.byteLength, 'b');
  await fetch.run(forever);
  assert.equal(sha(await readFile(join(fetcher.folder, 'b'))), sha(bytes));
  assert.deepEqual(
    fetch
      .shares()
      .map(({ peer }) => peer)
      .sort(),
    [one.id, two.id].sort(),
  );
  assert.equal(fetcher.budget.used, 0);
  one.knows(fetcher);
  const other = await fetcher.hold('c', randomBytes(3 * LEAF_BYTES));
  await one.fetch(other, 3 * LEAF_BYTES, 'd').run(forever);
  assert.equal(sha(await readFile(join(one.folder, 'd'))), sha(await readFile(join(fetcher.folder, 'c'))));
});

test('whoever answers at a peer’s address with another key is not talked to', async () => {
  await using holder = await SwarmPeer.startWithTls();
  await using fetcher = await SwarmPeer.startWithTls();
  const wanted = 'ab'.repeat(16);
  await assert.rejects(fetcher.swarm.link(wanted, [holder.address], forever), {
    code: 'verification',
    message: `at 127.0.0.1:${holder.address.port} answers somebody else: the key there has the id ${holder.id}, not ${wanted}`,
  });
});

test('who agrees on TLS and then says no hello, or none that is one, is given up', async () => {
  const key = freshKey();
  const wire = await openTlsWire(key);
  for (const [says, reason] of [
    [undefined, /does not answer/],
    [Buffer.from('no preface'), /does not begin with the preface/],
  ] as const) {
    await using server = await WireServer.start(wire);
    server.on('swarm', (socket) => says && socket.write(says));
    await using peer = await SwarmPeer.startWithTls({ dial: 1000 });
    const link = await peer.swarm.link(key.id, [server.address], forever);
    const ended = Promise.withResolvers<PeerdexError>();
    const nothing = () => assert.fail('nothing is said before the hello');
    link.open('ab'.repeat(32), {
      ...{ holding: nothing, bitfield: nothing, have: nothing, instead: nothing, manifest: nothing },
      ...{ leaves: nothing, data: () => false, refused: nothing, closed: ended.resolve },
    });
    assert.match((await ended.promise).message, reason);
  }
});

test('peers of plaintext and of TLS networks tell each other apart', async () => {
  await using secure = await SwarmPeer.startWithTls();
  await using plain = await SwarmPeer.start(1);
  await assert.rejects(
    secure.swarm.link(plain.id, [plain.address], forever),
    /does not speak TLS|before TLS was agreed/,
  );
  await assert.rejects(plain.swarm.link(secure.id, [secure.address], forever), (error: unknown) => {
    assert.ok(error instanceof PeerdexError);
    assert.match(error.message, /closed the connection before it said hello/);
    assert.match(error.hint ?? '', /TLS network/);
    return true;
  });
});

test('a TLS listener that answers plaintext with an alert is known for what it is', async () => {
  const server = createServer((socket) => socket.end(Buffer.from('15030100020246', 'hex')));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await using plain = await SwarmPeer.start(1);
  await assert.rejects(plain.swarm.link('ab'.repeat(16), [{ host: '127.0.0.1', port }], forever), {
    message: `127.0.0.1:${port} speaks TLS: is it a TLS network?`,
  });
  server.close();
});

test('a peer that stops ends what it is dialling', async () => {
  const server = createServer((socket) => socket.on('error', () => {}));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const taken = once(server, 'connection');
  await using peer = await SwarmPeer.startWithTls();
  const dialling = peer.swarm.link('ab'.repeat(16), [{ host: '127.0.0.1', port }], forever);
  const outcome = assert.rejects(dialling, /this peer is stopping/);
  const [socket] = await taken;
  await peer.swarm.stop();
  await outcome;
  if (!socket.destroyed) await once(socket.resume(), 'close');
  server.close();
});
