import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Server as Listener, Socket } from 'node:net';
import { systemClock } from '../../src/core/clock.ts';
import { silentLog } from '../../src/core/ports/log.ts';
import type { SignedPage } from '../../src/core/ports/page-store.ts';
import type { Signer } from '../../src/core/ports/signing.ts';
import { signPage } from '../../src/index/signed-page.ts';
import { PAGE_HEADERS, type WireRecord } from '../../src/protocol/http/peer/operations.ts';
import { PROTOCOL_VERSION } from '../../src/protocol/version.ts';
import type { KeyFile } from '../../src/storage/disk/key-file.ts';
import { SessionEndpoints } from '../support/session-endpoints.ts';
import { TestMember } from './test-member.ts';

export interface HostileOptions {
  readonly name: string;
  /** The join link by which it became a member. */
  readonly join: string;
  readonly protocol?: number;
  /** What its log tells; a record may lack what it should have or have what it should not. */
  readonly records?: readonly Partial<WireRecord>[];
  /** What its log's answer has beside the right members, or in their place. */
  readonly page?: Readonly<Record<string, unknown>>;
  /** What it does with a swarm connection that comes; it closes them unless told. */
  readonly onSwarm?: (socket: Socket, self: HostilePeer) => void;
  /** Answers requests for its log instead. */
  readonly answerLog?: (response: ServerResponse, self: HostilePeer) => void;
}

/** A member of the network that speaks HTTP as a peer does, and says whatever the test wants. */
export class HostilePeer implements AsyncDisposable {
  readonly member: TestMember;
  /** How often its own log was asked for; it has nobody else's. */
  asked = 0;
  readonly #options: HostileOptions;
  /** Whoever asks is let in. */
  readonly #sessions: SessionEndpoints;
  readonly #http: Server;
  readonly #listener: Listener;
  readonly #sockets = new Set<Socket>();

  private constructor(options: HostileOptions, member: TestMember, http: Server, listener: Listener) {
    this.#options = options;
    this.member = member;
    this.#sessions = new SessionEndpoints(member.self, member.network, () => member.trust.ticketText);
    this.#http = http;
    this.#listener = listener;
    listener.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  static async start(options: HostileOptions): Promise<HostilePeer> {
    const { name, protocol = PROTOCOL_VERSION, records } = options;
    const member = TestMember.of(options.join);
    const http = createServer();
    let peer: HostilePeer;
    const listener = (await member.wire).listener({
      onHttp: (socket) => http.emit('connection', socket),
      onSwarm: (socket) => (options.onSwarm ? options.onSwarm(socket, peer) : socket.destroy()),
      clock: systemClock,
      log: silentLog,
    });
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    peer = new HostilePeer(options, member, http, listener);
    http.on('request', (request, response) => peer.#answer(request, response));
    try {
      const head = { index: INDEX, seq: Math.max(1, records?.length ?? 1) };
      const { port } = listener.address() as AddressInfo;
      await member.register(port, { name, protocol, head, files: 1, bytes: 1 });
      return peer;
    } catch (error) {
      await peer[Symbol.asyncDispose]();
      throw error;
    }
  }

  get key(): KeyFile {
    return this.member.self;
  }

  get id(): string {
    return this.member.id;
  }

  /** What its log tells, as it would be sent. */
  get page(): string {
    const { records = [], page } = this.#options;
    const last = records.length;
    const right = { owner: this.id, index: INDEX, floor: 0, last, since: 0, records, more: false };
    return JSON.stringify({ ...right, ...page });
  }

  /** It leaves the directory too, so that later tests have a network as small as they made it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.member.leave();
    this.#listener.close();
    for (const socket of this.#sockets) socket.destroy();
    this.#http.closeAllConnections();
    this.#http.close();
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    if (this.#sessions.takes(request, response)) return;
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const { name, protocol = PROTOCOL_VERSION, answerLog } = this.#options;
    const { network } = this.member;
    if (pathname === '/v1/peer') {
      const { mode } = this.member.link;
      sendJson(response, { id: this.id, name, network, mode, protocol, version: '0.0.0' });
    } else if (pathname === '/v1/index/log' && !searchParams.has('owner')) {
      this.asked += 1;
      if (answerLog) answerLog(response, this);
      else sendSigned(response, this.key, this.page);
    } else {
      response.writeHead(404).end();
    }
  }
}

const INDEX = '0123456789abcdef';

function sendJson(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

/** A page as a peer signs it, whatever it says. */
export const sendSigned = (response: ServerResponse, key: Signer, text: string): void =>
  sendPage(response, signPage(key, Buffer.from(text)));

/** A page with whatever is said to be its signature. */
export function sendPage(response: ServerResponse, { body, key, signature }: SignedPage): void {
  response.writeHead(200, {
    'content-type': 'application/json',
    [PAGE_HEADERS.key]: Buffer.from(key).toString('base64url'),
    [PAGE_HEADERS.signature]: Buffer.from(signature).toString('base64url'),
  });
  response.end(body);
}
