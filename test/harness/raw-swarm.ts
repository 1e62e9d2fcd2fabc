import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import type { NetworkId, PeerId } from '../../src/core/ids.ts';
import { bindingOf, NONCE_BYTES, UNHEARD_NONCE } from '../../src/core/trust/proof.ts';
import { exporterOf } from '../../src/network/wire/exporter.ts';
import { plaintextWire } from '../../src/network/wire/plaintext-wire.ts';
import type { Wire } from '../../src/network/wire/wire.ts';
import { encodeFrame } from '../../src/protocol/swarm/encode.ts';
import { FrameParser } from '../../src/protocol/swarm/frame-parser.ts';
import type { ControlFrame, HelloFrame } from '../../src/protocol/swarm/frames.ts';
import { PREFACE } from '../../src/protocol/swarm/limits.ts';
import { decodeProof, encodeProof, onlyNonce } from '../../src/protocol/swarm/proof.ts';
import { PROTOCOL_VERSION } from '../../src/protocol/version.ts';
import { eventually } from './eventually.ts';
import type { TestMember } from './test-member.ts';

/** A connection that says to a peer's swarm whatever the test wants, byte by byte. */
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

  static async connect(port: number, wire: Wire = plaintextWire): Promise<RawSwarm> {
    const address = { host: '127.0.0.1', port };
    return new RawSwarm(await wire.dial({ address, protocol: 'swarm', expect: undefined }));
  }

  /** Connects, says hello and proves its membership as this member would, except for what the test wants otherwise. */
  static async greet(port: number, member: Greeter, hello: Partial<HelloFrame> = {}): Promise<RawSwarm> {
    const nonce = randomBytes(NONCE_BYTES);
    const raw = await RawSwarm.meet(port, member, nonce, hello);
    raw.send(raw.proofOf(member, nonce));
    return raw;
  }

  /** Connects and exchanges hellos, and leaves what is proved to the test. */
  static async meet(
    port: number,
    { id: peer, network, wire }: Greeter,
    nonce: Uint8Array,
    hello: Partial<HelloFrame> = {},
  ): Promise<RawSwarm> {
    const raw = await RawSwarm.connect(port, await wire);
    raw.write(PREFACE, encodeFrame({ ...helloOf(network, peer, encodeProof(onlyNonce(nonce))), ...hello }));
    await eventually(() => raw.got('hello').length > 0);
    return raw;
  }

  /** The proof frame that belongs on this connection and no other. */
  proofOf({ trust }: Pick<Greeter, 'trust'>, nonce: Uint8Array): ProofFrame {
    const [answer] = this.got('hello');
    const binding = bindingOf(nonce, decodeProof(answer!.proof).nonce, exporterOf(this.socket));
    const proof = trust.prove({ side: 'dials', other: answer!.peer, binding });
    return { type: 'proof', proof: encodeProof({ ...proof, nonce }) };
  }

  /** The hello that proves this member on this connection at once, as it is done in TLS. */
  provingHello({ id, network, trust }: Greeter, other: PeerId): HelloFrame {
    const nonce = randomBytes(NONCE_BYTES);
    const binding = bindingOf(nonce, UNHEARD_NONCE, exporterOf(this.socket));
    const proof = trust.prove({ side: 'dials', other, binding });
    return helloOf(network, id, encodeProof({ ...proof, nonce }));
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

const helloOf = (network: NetworkId, peer: PeerId, proof: Uint8Array): HelloFrame => ({
  ...{ type: 'hello', protocol: PROTOCOL_VERSION, features: 0, network, peer, proof },
  heads: new Uint8Array(0),
});

type Greeter = Pick<TestMember, 'id' | 'network' | 'trust'> & Partial<Pick<TestMember, 'wire'>>;
export type ProofFrame = Extract<ControlFrame, { type: 'proof' }>;
