import { randomBytes } from 'node:crypto';
import { openWire } from '../../src/app/open-wire.ts';
import { agentsOf } from '../../src/app/trust/agents.ts';
import { MembershipProver } from '../../src/app/trust/membership-prover.ts';
import { systemClock } from '../../src/core/clock.ts';
import { type JoinLink, parseJoinLink } from '../../src/core/join-link.ts';
import { silentLog } from '../../src/core/ports/log.ts';
import { Trust } from '../../src/core/trust/trust.ts';
import { type Client, createClient } from '../../src/network/http/client.ts';
import { fitsSchema } from '../../src/network/http/validate.ts';
import type { Wire } from '../../src/network/wire/wire.ts';
import { registryOperations } from '../../src/protocol/http/registry/operations.ts';
import { PROTOCOL_VERSION } from '../../src/protocol/version.ts';
import { systemVerifier } from '../../src/storage/disk/ecdsa.ts';
import type { KeyFile } from '../../src/storage/disk/key-file.ts';
import { freshKey } from '../support/fresh-key.ts';

/** A member of a real network without a daemon: it holds a key and a ticket, and a test speaks for it. */
export class TestMember {
  readonly self: KeyFile;
  readonly link: JoinLink;
  /** As the network's mode wants it. */
  readonly wire: Promise<Wire>;
  readonly trust: Trust;
  readonly nonce = randomBytes(16).toString('hex');
  readonly #prover: MembershipProver;

  private constructor(self: KeyFile, link: JoinLink) {
    this.self = self;
    this.link = link;
    this.wire = openWire(link.mode, self);
    this.trust = new Trust({
      self,
      verifier: systemVerifier,
      clock: systemClock,
      log: silentLog,
      mode: link.mode,
      credentials: undefined,
      save: () => {},
    });
    this.#prover = new MembershipProver({
      self,
      verifier: systemVerifier,
      trust: this.trust,
      clock: systemClock,
    });
  }

  /** Not registered, and so without a ticket. */
  static of(link: string, self = freshKey()): TestMember {
    return new TestMember(self, parseJoinLink(link));
  }

  /** Joins by the link and registers, at an address where nobody need be. */
  static async join(
    link: string,
    port = 1,
    more: Partial<Registration> = {},
    self = freshKey(),
  ): Promise<TestMember> {
    const member = TestMember.of(link, self);
    await member.register(port, more);
    return member;
  }

  get id(): string {
    return this.self.id;
  }

  get network(): string {
    return this.link.network;
  }

  async register(port: number, more: Partial<Registration> = {}): Promise<void> {
    const registry = await this.registry();
    const { ticket } = await registry.register({
      params: { id: this.id },
      body: {
        protocol: PROTOCOL_VERSION,
        name: `member-${this.id.slice(0, 6)}`,
        addresses: [{ host: '127.0.0.1', port }],
        nonce: this.nonce,
        files: 0,
        bytes: 0,
        ...more,
      },
    });
    if (ticket !== undefined) this.trust.takeTicket(ticket);
  }

  /** Takes itself from the directory; nothing when the registry is gone. */
  async leave(): Promise<void> {
    const { id, nonce } = this;
    await this.registry()
      .then((registry) => registry.leave({ params: { id }, query: { nonce } }))
      .catch(() => {});
  }

  /** The registry, signed in. */
  async registry(): Promise<Client<typeof registryOperations>> {
    const [address] = this.link.addresses;
    const agents = agentsOf(await this.wire);
    const token = await this.registryToken();
    const more = { agent: agents.make(this.network, MOST_CALLS), token, fits: fitsSchema };
    return createClient(registryOperations, { address: address!, ...more });
  }

  /** What the registry takes as `Authorization: Bearer`. */
  async registryToken(): Promise<string> {
    const [address] = this.link.addresses;
    const agent = agentsOf(await this.wire).make(this.network, 1);
    const { token } = await this.#prover
      .registry({ address: address!, agent, name: 'the registry' }, this.link, AbortSignal.timeout(10_000))
      .finally(() => agent.destroy());
    return token;
  }

  /** What to send to a peer on this machine as `Authorization`, so that it takes this for a member. */
  async authorization(peer: string, port: number): Promise<string> {
    const agent = agentsOf(await this.wire).make(peer, 1);
    const server = { id: peer, address: { host: '127.0.0.1', port }, agent, name: 'the peer' };
    const { token } = await this.#prover
      .peer(server, this.network, AbortSignal.timeout(10_000))
      .finally(() => agent.destroy());
    return `Bearer ${token}`;
  }
}

/** To the registry at a time: a test may want more of it than it gives. */
const MOST_CALLS = 2000;

interface Registration {
  readonly protocol: number;
  readonly name: string;
  readonly head: { readonly index: string; readonly seq: number };
  readonly files: number;
  readonly bytes: number;
  readonly passing: boolean;
}
