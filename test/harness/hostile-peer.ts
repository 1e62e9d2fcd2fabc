import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Signer } from '../../src/core/ports/signing.ts';
import { signPage } from '../../src/index/signed-page.ts';
import type { WireRecord } from '../../src/protocol/http/peer/operations.ts';
import { PROTOCOL_VERSION } from '../../src/protocol/version.ts';
import { freshKey } from '../support/fresh-key.ts';

export interface HostileOptions {
  readonly name: string;
  /** Base URL of the registry that it registers with. */
  readonly registry: string;
  readonly network: string;
  readonly protocol?: number;
  /** What its log tells; a record may lack what it should have or have what it should not. */
  readonly records?: readonly Partial<WireRecord>[];
  /** What its log's answer has beside the right members, or in their place. */
  readonly page?: Readonly<Record<string, unknown>>;
  /** Answers requests for its log instead. */
  readonly answerLog?: (request: IncomingMessage, response: ServerResponse) => void;
}

/** A member of the network that speaks HTTP as a peer does, and says whatever the test wants. It has no swarm. */
export class HostilePeer implements AsyncDisposable {
  readonly key = freshKey();
  readonly id = this.key.id;
  /** How often its log was asked for. */
  asked = 0;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(options: HostileOptions): Promise<HostilePeer> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const peer = new HostilePeer(server);
    server.on('request', (request, response) => peer.#answer(options, request, response));
    try {
      await peer.#register(options);
      return peer;
    } catch (error) {
      server.close();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #answer(options: HostileOptions, request: IncomingMessage, response: ServerResponse): void {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const { name, network, protocol = PROTOCOL_VERSION, records = [] } = options;
    if (pathname === '/v1/peer') {
      sendJson(response, { id: this.id, name, network, mode: 'plaintext', protocol, version: '0.0.0' });
    } else if (pathname === '/v1/index/log') {
      this.asked += 1;
      if (options.answerLog) return options.answerLog(request, response);
      const last = records.length;
      const page = { owner: this.id, index: INDEX, floor: 0, last, since: 0, records, more: false };
      sendSigned(response, this.key, JSON.stringify({ ...page, ...options.page }));
    } else {
      response.writeHead(404).end();
    }
  }

  async #register({ name, registry, protocol = PROTOCOL_VERSION, records }: HostileOptions): Promise<void> {
    const { port } = this.#server.address() as AddressInfo;
    const response = await fetch(`${registry}/v1/peers/${this.id}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        protocol,
        name,
        addresses: [{ host: '127.0.0.1', port }],
        nonce: randomBytes(16).toString('hex'),
        head: { index: INDEX, seq: Math.max(1, records?.length ?? 1) },
        files: 1,
        bytes: 1,
      }),
    });
    if (!response.ok) throw new Error(`the registry answered ${response.status}: ${await response.text()}`);
  }
}

const INDEX = '0123456789abcdef';

function sendJson(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

/** A page as a peer signs it, whatever it says. */
export function sendSigned(response: ServerResponse, key: Signer, text: string): void {
  const { signature } = signPage(key, Buffer.from(text));
  response.writeHead(200, {
    'content-type': 'application/json',
    'peerdex-key': Buffer.from(key.publicKey).toString('base64url'),
    'peerdex-signature': Buffer.from(signature).toString('base64url'),
  });
  response.end(text);
}
