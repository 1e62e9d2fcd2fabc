import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { systemClock } from '../../core/clock.ts';
import { RateLimiter } from '../../core/rate-limiter.ts';
import { FrameParser } from '../../protocol/swarm/frame-parser.ts';
import type { ControlFrame } from '../../protocol/swarm/frames.ts';
import { PREFACE } from '../../protocol/swarm/limits.ts';
import { Connection } from './connection.ts';
import { ToldLeaves } from './told-leaves.ts';

describe('what the other side is told to have come', () => {
  it('goes with what is sent next, and not again when its own time is over', async ({ mock }) => {
    mock.timers.enable({ apis: ['setTimeout'] });
    await using pair = await Pair.open();
    const told = new ToldLeaves(pair.connection, 1, 'asks');
    for (const leaf of [7, 3, 4]) told.more(leaf, 1, 'later');
    pair.connection.send({ type: 'request', channel: 1, first: 9, count: 1 });
    assert.deepEqual(await pair.came(3), ['request 9+1', 'askerHave 3+2', 'askerHave 7+1']);
    mock.timers.tick(1000);
    pair.connection.send({ type: 'request', channel: 1, first: 10, count: 1 });
    assert.deepEqual(await pair.came(4), [...pair.frames.slice(0, 3), 'request 10+1']);
  });

  it('goes before content that is sent', async ({ mock }) => {
    mock.timers.enable({ apis: ['setTimeout'] });
    await using pair = await Pair.open();
    const told = new ToldLeaves(pair.connection, 1, 'serves');
    told.more(5, 1, 'later');
    await pair.connection.sendLeaves(1, 2, [Buffer.alloc(1000)], () => true);
    assert.deepEqual(await pair.came(2), ['have 5+1', 'data 2']);
  });

  it('goes by itself when nothing else is sent in time', async ({ mock }) => {
    mock.timers.enable({ apis: ['setTimeout'] });
    await using pair = await Pair.open();
    const told = new ToldLeaves(pair.connection, 1, 'asks');
    told.more(5, 1, 'later');
    mock.timers.tick(1000);
    assert.deepEqual(await pair.came(1), ['askerHave 5+1']);
    told.more(6, 1, 'now');
    assert.deepEqual(await pair.came(2), ['askerHave 5+1', 'askerHave 6+1'], 'and at once what is urgent');
    told.more(7, 1, 'soon');
    mock.timers.tick(10);
    assert.deepEqual(await pair.came(3), [...pair.frames.slice(0, 2), 'askerHave 7+1']);
  });
});

/** A connection and what comes out at its other end. */
class Pair implements AsyncDisposable {
  readonly connection: Connection;
  readonly frames: string[] = [];
  readonly #reader: Socket;
  readonly #close: () => Promise<unknown>;

  static async open(): Promise<Pair> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const reader = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const [socket] = (await once(server, 'connection')) as [Socket];
    return new Pair(socket, reader, async () => {
      server.close();
      await once(server, 'close');
    });
  }

  private constructor(socket: Socket, reader: Socket, close: () => Promise<unknown>) {
    this.connection = new Connection(
      socket,
      'other',
      'there',
      new RateLimiter(systemClock),
      new RateLimiter(systemClock),
    );
    this.#reader = reader;
    this.#close = close;
    const parser = new FrameParser({
      frame: (frame) => this.frames.push(textOf(frame)),
      data: (_channel, leaf) => this.frames.push(`data ${leaf}`),
    });
    parser.push(PREFACE);
    reader.on('error', () => {});
    reader.on('data', (chunk: Buffer) => parser.push(chunk));
    socket.resume();
  }

  /** All frames, as soon as there are so many. */
  async came(count: number): Promise<readonly string[]> {
    while (this.frames.length < count) await once(this.#reader, 'data');
    return this.frames;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#reader.destroy();
    await this.#close();
  }
}

const textOf = (frame: ControlFrame): string =>
  'first' in frame ? `${frame.type} ${frame.first}+${frame.count}` : frame.type;
