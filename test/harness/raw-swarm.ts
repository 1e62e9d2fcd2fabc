import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { encodeFrame } from '../../src/protocol/swarm/encode.ts';
import { FrameParser } from '../../src/protocol/swarm/frame-parser.ts';
import type { ControlFrame, HelloFrame } from '../../src/protocol/swarm/frames.ts';
import { PREFACE } from '../../src/protocol/swarm/limits.ts';
import { PROTOCOL_VERSION } from '../../src/protocol/version.ts';
import { eventually } from './eventually.ts';

/** A TCP connection that says to a peer's swarm whatever the test wants, byte by byte. */
export class RawSwarm implements AsyncDisposable {
  readonly socket: Socket;
  /** Every control frame that came. */
  readonly frames: ControlFrame[] = [];
  /** Content bytes that came. */
  dataBytes = 0;
  closed = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    const parser = new FrameParser({
      frame: (frame) => this.frames.push(frame),
      data: (_channel, _leaf, _offset, bytes) => {
        this.dataBytes += bytes.byteLength;
      },
    });
    socket.on('data', (chunk: Buffer) => parser.push(chunk));
    socket.on('error', () => {});
    socket.on('close', () => {
      this.closed = true;
    });
  }

  static async connect(port: number): Promise<RawSwarm> {
    const socket = connect({ port, host: '127.0.0.1' });
    const raw = new RawSwarm(socket);
    await once(socket, 'connect');
    return raw;
  }

  /** Connects and says hello as a member would, except for what the test wants otherwise. */
  static async greet(
    port: number,
    hello: Partial<HelloFrame> & Pick<HelloFrame, 'network'>,
  ): Promise<RawSwarm> {
    const raw = await RawSwarm.connect(port);
    raw.write(
      PREFACE,
      encodeFrame({
        type: 'hello',
        protocol: PROTOCOL_VERSION,
        features: 0,
        peer: 'ee'.repeat(16),
        proof: new Uint8Array(0),
        heads: new Uint8Array(0),
        ...hello,
      }),
    );
    await eventually(() => raw.frames.some(({ type }) => type === 'hello'));
    return raw;
  }

  write(...parts: readonly Uint8Array[]): void {
    this.socket.write(Buffer.concat(parts));
  }

  send(...frames: readonly ControlFrame[]): void {
    this.write(...frames.map(encodeFrame));
  }

  /** The frames of one type that came so far. */
  got<Type extends ControlFrame['type']>(type: Type): Extract<ControlFrame, { type: Type }>[] {
    return this.frames.filter((frame) => frame.type === type) as Extract<ControlFrame, { type: Type }>[];
  }

  /** Resolves when the other side has ended the connection; fails after `timeout` milliseconds. */
  async ended(timeout = 10_000): Promise<void> {
    await eventually(() => this.closed, { timeout, every: 10 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy();
  }
}
