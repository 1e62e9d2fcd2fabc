import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { eventually } from '../../../test/harness/eventually.ts';
import { seededBytes } from '../../../test/harness/files.ts';
import { readInto } from './read-into.ts';

const BYTES = seededBytes(3 * 2 ** 20, 4);

describe('an accepted socket that reads into a buffer', () => {
  it('gives what was put back first, then all the rest in place, and its end', async () => {
    await using pair = await open();
    const { accepted, dialled } = pair;
    const buffer = Buffer.alloc(2 ** 20);
    const got: Buffer[] = [];
    let inPlace = 0;
    const read = (bytes: Buffer) => {
      got.push(Buffer.from(bytes));
      if (bytes.buffer === buffer.buffer) inPlace += bytes.byteLength;
    };
    accepted.pause();
    accepted.unshift(Buffer.from('first'));
    accepted.on('data', read);
    assert.equal(readInto(accepted, buffer, read), true, 'this Node has what it takes');
    accepted.resume();
    const ended = once(accepted, 'end');
    dialled.end(BYTES);
    await ended;
    assert.ok(Buffer.concat(got).equals(Buffer.concat([Buffer.from('first'), BYTES])));
    assert.equal(inPlace, BYTES.byteLength);
    assert.equal(accepted.bytesRead, BYTES.byteLength);
  });

  it('stands still while it is paused', async () => {
    await using pair = await open();
    const { accepted, dialled } = pair;
    let bytes = 0;
    let pauses = true;
    const read = (chunk: Buffer) => {
      bytes += chunk.byteLength;
      if (pauses) accepted.pause();
    };
    accepted.on('data', read);
    readInto(accepted, Buffer.alloc(65_536), read);
    dialled.write(BYTES);
    await eventually(() => bytes > 0);
    const first = bytes;
    assert.ok(first <= 65_536);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(bytes, first);
    pauses = false;
    accepted.resume();
    await eventually(() => bytes === BYTES.byteLength);
  });
});

interface Pair extends AsyncDisposable {
  readonly accepted: Socket;
  readonly dialled: Socket;
}

async function open(): Promise<Pair> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const dialled = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [accepted] = (await once(server, 'connection')) as [Socket];
  return {
    accepted,
    dialled,
    [Symbol.asyncDispose]: async () => {
      dialled.destroy();
      accepted.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
