import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { eventually } from '../../../test/harness/eventually.ts';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { RateLimiter } from '../../core/rate-limiter.ts';
import { PacedReading } from './paced-reading.ts';

const SENT = 64 * 2 ** 20;

describe('paced reading', () => {
  it('without a limit passes on what comes as it comes', async () => {
    await using pair = await Pair.open();
    pair.far.write(Buffer.alloc(200_000));
    await eventually(() => pair.bytes === 200_000);
    assert.equal(pair.reading.isHeldBack, false);
    assert.equal(pair.reading.most, Number.POSITIVE_INFINITY);
  });

  it('under a limit passes on its pieces in their time and order, and reads nothing more meanwhile', async () => {
    await using pair = await Pair.open(20_000);
    const sent = Buffer.alloc(SENT);
    for (let at = 0; at < sent.byteLength; at += 4) sent.writeUInt32LE(at, at);
    pair.far.write(sent);
    await eventually(() => pair.reading.isHeldBack && pair.near.isPaused());
    for (let ms = 0; ms < 2000; ms += 1) pair.clock.advance(1);
    assert.ok(Math.abs(pair.bytes - 40_000) <= 20_000 * 0.075 + 1024, `${pair.bytes} bytes in 2 s`);
    assert.ok(pair.largest <= 1024, `a piece of ${pair.largest}`);
    assert.ok(pair.near.bytesRead < SENT / 2, 'the rest stays with who sends it');
    assert.ok(pair.far.writableLength > 0);
    pair.limiter.rate = undefined;
    await eventually(() => pair.bytes === SENT);
    assert.deepEqual(Buffer.concat(pair.pieces), sent);
    assert.equal(pair.reading.isHeldBack, false);
  });

  it('a limit that is raised holds at once for what is held back', async () => {
    await using pair = await Pair.open(1000);
    pair.far.write(Buffer.alloc(60_000));
    await eventually(() => pair.reading.isHeldBack);
    assert.ok(pair.bytes <= 2048);
    pair.limiter.rate = 1e6;
    await eventually(() => {
      pair.clock.advance(10);
      return pair.bytes === 60_000;
    });
  });

  it('what is not drawn from the limit waits for nobody but those before it', async () => {
    await using pair = await Pair.open(1000);
    pair.drawn = 0;
    pair.far.write(Buffer.alloc(60_000));
    await eventually(() => pair.bytes === 60_000);
  });

  it('is stopped for another reason however the limit changes, until that is over', async () => {
    await using pair = await Pair.open(1000);
    pair.far.write(Buffer.alloc(10_000));
    await eventually(() => pair.reading.isHeldBack);
    pair.reading.isFull = true;
    pair.limiter.rate = undefined;
    await eventually(() => !pair.reading.isHeldBack);
    assert.ok(pair.near.isPaused());
    pair.reading.isFull = false;
    assert.equal(pair.near.isPaused(), false);
  });

  it('forgets at its end what it held back', async () => {
    await using pair = await Pair.open(1000);
    pair.far.write(Buffer.alloc(10_000));
    await eventually(() => pair.reading.isHeldBack);
    const had = pair.bytes;
    pair.reading.end();
    pair.limiter.rate = undefined;
    assert.equal(pair.reading.isHeldBack, false);
    assert.equal(pair.bytes, had);
  });
});

/** A socket that is read at a limit's pace, by a clock of its own, and the one at the other end. */
class Pair implements AsyncDisposable {
  readonly clock = new ManualClock();
  readonly limiter: RateLimiter;
  readonly reading: PacedReading;
  readonly near: Socket;
  readonly far: Socket;
  readonly pieces: Buffer[] = [];
  bytes = 0;
  largest = 0;
  /** How much of each byte counts. */
  drawn = 1;
  readonly #close: () => Promise<unknown>;

  static async open(rate?: number): Promise<Pair> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const far = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const [near] = (await once(server, 'connection')) as [Socket];
    return new Pair(near, far, rate, async () => {
      server.close();
      await once(server, 'close');
    });
  }

  private constructor(near: Socket, far: Socket, rate: number | undefined, close: () => Promise<unknown>) {
    this.near = near;
    this.far = far;
    this.#close = close;
    this.limiter = new RateLimiter(this.clock, rate);
    this.reading = new PacedReading(near, this.limiter);
    near.on('data', (bytes: Buffer) => this.reading.take(bytes, (piece) => this.#got(piece)));
  }

  #got(piece: Buffer): void {
    this.bytes += piece.byteLength;
    if (this.limiter.isLimited) this.largest = Math.max(this.largest, piece.byteLength);
    this.pieces.push(Buffer.from(piece));
    this.reading.spend(piece.byteLength * this.drawn);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.reading.end();
    this.near.destroy();
    this.far.destroy();
    await this.#close();
  }
}
