import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { eventually } from '../../../test/harness/eventually.ts';
import { systemClock } from '../../core/clock.ts';
import { LEAF_BYTES } from '../../core/leaf-layout.ts';
import { RateLimiter } from '../../core/rate-limiter.ts';
import { FrameParser } from '../../protocol/swarm/frame-parser.ts';
import { PREFACE } from '../../protocol/swarm/limits.ts';
import { Connection } from './connection.ts';

const MIB = 2 ** 20;
/** What one write may hold where the link was fast, with its frame headers. */
const WRITE = MIB + 16 * 17;
const always = () => true;

describe('leaves on a connection', () => {
  it('what is no longer wanted is not sent, but for what the system has taken and one write', async () => {
    await using pair = await Pair.open();
    let wanted = true;
    const sending = pair.connection.sendLeaves(1, 0, leaves(64), () => wanted);
    const taken = await pair.stuck();
    wanted = false;
    pair.reader.resume();
    const sent = await sending;
    await eventually(() => pair.data === sent);
    assert.ok(sent < 64 * LEAF_BYTES);
    assert.ok(pair.bytes <= taken + WRITE, `${pair.bytes} bytes after ${taken}`);
  });

  it('a leaf is sent to its end before the turn of another channel comes', async () => {
    for (const rate of [undefined, 20e6]) {
      await using pair = await Pair.open(rate);
      pair.reader.resume();
      await Promise.all(
        [1, 2, 3].map((channel) => pair.connection.sendLeaves(channel, 7, leaves(2), always)),
      );
      await eventually(() => pair.data === 6 * LEAF_BYTES);
      const order = pair.frames.filter((leaf, n) => leaf !== pair.frames[n - 1]);
      const inTurn = ['1:7', '2:7', '3:7', '1:8', '2:8', '3:8'];
      // What a link without a limit takes within milliseconds is one turn.
      assert.deepEqual(
        rate === undefined ? order.toSorted() : order,
        rate === undefined ? inTurn.toSorted() : inTurn,
      );
    }
  });

  it('how much went out shows while a long answer is on its way', async () => {
    await using pair = await Pair.open();
    const sending = pair.connection.sendLeaves(1, 0, leaves(64), always);
    const taken = await pair.stuck();
    const pauseInTime = () => {
      if (pair.bytes > taken + 4 * MIB) pair.reader.pause();
    };
    pair.reader.on('data', pauseInTime);
    pair.reader.resume();
    await eventually(() => pair.reader.isPaused());
    await eventually(() => pair.connection.traffic().sent > taken);
    assert.ok(pair.connection.traffic().waiting, 'more is to come');
    pair.reader.off('data', pauseInTime);
    pair.reader.resume();
    assert.equal(await sending, 64 * LEAF_BYTES);
  });

  it('who waits for its turn hears of the end', async () => {
    await using pair = await Pair.open();
    const sendings = [1, 2].map((channel) => pair.connection.sendLeaves(channel, 0, leaves(64), always));
    await pair.stuck();
    pair.reader.destroy();
    for (const sending of sendings) await assert.rejects(sending, { code: 'unavailable' });
  });
});

const leaves = (count: number): Buffer[] => Array.from({ length: count }, () => Buffer.alloc(LEAF_BYTES, 7));

/** A connection and the bare socket at its other end, which reads nothing until it is told. */
class Pair implements AsyncDisposable {
  readonly connection: Connection;
  readonly reader: Socket;
  /** Of all frames of data that came: channel and leaf. */
  readonly frames: string[] = [];
  /** Content bytes, and all bytes, that came. */
  data = 0;
  bytes = 0;
  readonly #close: () => Promise<unknown>;

  static async open(rate?: number): Promise<Pair> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const reader = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const [socket] = (await once(server, 'connection')) as [Socket];
    return new Pair(socket, reader, rate, async () => {
      server.close();
      await once(server, 'close');
    });
  }

  private constructor(
    socket: Socket,
    reader: Socket,
    rate: number | undefined,
    close: () => Promise<unknown>,
  ) {
    this.connection = new Connection(
      socket,
      'other',
      'there',
      new RateLimiter(systemClock, rate),
      new RateLimiter(systemClock),
    );
    this.reader = reader;
    this.#close = close;
    const parser = new FrameParser({
      frame() {},
      data: (channel, leaf, _offset, { byteLength }) => {
        this.frames.push(`${channel}:${leaf}`);
        this.data += byteLength;
      },
    });
    parser.push(PREFACE);
    reader.on('error', () => {});
    reader.on('data', (chunk: Buffer) => {
      this.bytes += chunk.byteLength;
      parser.push(chunk);
    });
    reader.pause();
    socket.resume();
  }

  /** Resolves with the bytes that the system has taken, when it takes no more. */
  async stuck(): Promise<number> {
    let last = -1;
    return await eventually(() => {
      const { sent, waiting } = this.connection.traffic();
      const same = waiting && sent === last;
      last = sent;
      return same ? sent : false;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.connection.close('closing', 'the test is over');
    this.reader.destroy();
    await this.#close();
  }
}
