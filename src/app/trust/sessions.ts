import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import { asPeerdexError, PeerdexError } from '../../core/errors.ts';
import { fromHex, type NetworkId, type PeerId, toHex } from '../../core/ids.ts';
import type { HandshakePace } from '../../core/limits/handshake-pace.ts';
import type { Signer } from '../../core/ports/signing.ts';
import { bindingOf, NONCE_BYTES, proofMessage } from '../../core/trust/proof.ts';
import type { Role } from '../../core/trust/role.ts';
import type { Handlers, RequestContext } from '../../network/http/handlers.ts';
import type {
  SessionAnswer,
  SessionClaim,
  sessionOperations,
} from '../../protocol/http/session/operations.ts';
import type { Static } from '../../protocol/schema.ts';
import { PROTOCOL_VERSION, UNSAID_VERSION, versionMismatch } from '../../protocol/version.ts';
import type { RefusalLines } from './refusal-lines.ts';

/** Who proved himself to this server. */
export interface Member {
  readonly peer: PeerId;
  readonly role: Role;
}

export interface SessionsOptions {
  /** A peer, or a network where this is its registry. */
  readonly self: Signer;
  readonly network: () => NetworkId | undefined;
  /** What a member is shown with its token; a registry shows nothing. */
  readonly papers?: () => Pick<SessionAnswer, 'ticket' | 'revocations'>;
  /** Throws unless the claim shows a member; `binding` is what its signature must be about, `remote` the IP address that it came from. */
  readonly admit: (claim: SessionClaim, binding: Uint8Array, remote: string) => Member;
  /** Throws when the member of a session is none any more. Looked at with every request. */
  readonly recheck: (member: Member) => void;
  readonly clock: Clock;
  /** Refuses challenges when too many come; takes all unless told. */
  readonly pace?: HandshakePace | undefined;
  readonly maxSessions?: number;
  /** Writes down who speaks another version of the protocol. */
  readonly refused?: RefusalLines | undefined;
}

/** What a challenge is asked for with. */
type Asked = Static<(typeof sessionOperations)['challenge']['body']>;

const SESSION_MS = 10 * 60_000;
const CHALLENGE_MS = 30_000;
const MAX_SESSIONS = 20_000;
/** More than there are challenges in that time, by the usual pace of a registry. */
const MAX_USED = 50_000;
/** Of a nonce: time and what is drawn. */
const HEAD_BYTES = 16;

/** Server side of membership over HTTP: challenges, and the tokens of those who answered them. */
export class Sessions {
  readonly #options: SessionsOptions;
  /** Nobody can fill a memory of challenges, for there is none: a nonce bears its time and a mark that only this server can make. */
  readonly #secret = randomBytes(32);
  readonly #used = new Map<string, { readonly ends: number }>();
  readonly #sessions = new Map<string, Session>();
  readonly #underWay = new Map<PeerId, Set<() => void>>();

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  handlers(): Handlers<typeof sessionOperations> {
    return {
      challenge: ({ body }, context) => {
        this.#pace(context);
        return this.#challenge(body, context);
      },
      session: ({ body }, context) => this.#open(body, context),
    };
  }

  /** Who asks. Throws `unauthorized` for whoever has not proved himself. The request ends when its member is put out. */
  memberOf(context: RequestContext): Member {
    const token = /^Bearer ([0-9a-f]{64})$/.exec(context.headers.authorization ?? '')?.[1];
    const session = token === undefined ? undefined : this.#sessions.get(token);
    if (!session || session.ends < this.#options.clock.monotonic()) throw noMember();
    this.#recheck(session.member);
    this.#note(session.member.peer, context);
    return session.member;
  }

  /** Whether a member asks, for what others are told too. */
  isMember(context: RequestContext): boolean {
    try {
      return this.memberOf(context) !== undefined;
    } catch {
      return false;
    }
  }

  /** Ends the requests of these peers. What they ask by their tokens is refused with what `recheck` says. */
  putOut(peers: ReadonlySet<PeerId>): void {
    for (const peer of peers) for (const end of [...(this.#underWay.get(peer) ?? [])]) end();
  }

  /** A token that was good is none any more: 401, with the reason. */
  #recheck(member: Member): void {
    try {
      this.#options.recheck(member);
    } catch (error) {
      const { message, hint } = asPeerdexError(error);
      throw new PeerdexError('unauthorized', message, { hint, cause: error });
    }
  }

  #pace({ remote }: RequestContext): void {
    const refused = this.#options.pace?.(remote);
    if (refused) throw refused;
  }

  #challenge({ peer, network, nonce: theirs, protocol = UNSAID_VERSION }: Asked, context: RequestContext) {
    const { self, clock, refused } = this.#options;
    if (protocol !== PROTOCOL_VERSION) {
      const text = versionMismatch('the peer that calls', protocol, 'the one called');
      const error = new PeerdexError('unsupported', text);
      refused?.(`${peer} was refused`, error, context.remote);
      throw error;
    }
    const own = this.#options.network();
    if (own === undefined || network !== own) {
      throw new PeerdexError('conflict', 'this server belongs to another network', {
        hint: 'ask for a new join link',
      });
    }
    const nonce = this.#makeNonce(theirs);
    const binding = bindingOf(fromHex(theirs), nonce, context.exporter());
    const signature = self.sign(
      proofMessage({ side: 'accepts', network, self: self.id, other: peer, binding }),
    );
    return {
      id: self.id,
      network,
      nonce: nonce.toString('hex'),
      key: toHex(self.publicKey),
      signature: toHex(signature),
      time: clock.now(),
      protocol: PROTOCOL_VERSION,
    };
  }

  #open(claim: SessionClaim, context: RequestContext): SessionAnswer {
    const { clock, admit, papers, maxSessions = MAX_SESSIONS } = this.#options;
    const now = clock.monotonic();
    const nonce = fromHex(claim.nonce);
    if (!this.#isFresh(nonce, claim.challenged)) {
      throw new PeerdexError('unauthorized', 'this challenge is unknown, over or answered already', {
        retry: true,
      });
    }
    // A challenge is good for one try: who has paid for it needs no second turn, and nobody has more checked than was paid for.
    dropEnded(this.#used, now, MAX_USED);
    this.#used.set(claim.nonce, { ends: now + CHALLENGE_MS });
    const binding = bindingOf(fromHex(claim.challenged), nonce, context.exporter());
    const member = admit(claim, binding, context.remote);
    dropEnded(this.#sessions, now, maxSessions);
    const token = randomBytes(32).toString('hex');
    this.#sessions.set(token, { member, ends: now + SESSION_MS });
    return { token, seconds: SESSION_MS / 1000, ...papers?.() };
  }

  /** 8 bytes of time, 8 that are drawn, and a mark over both and the asker's nonce. */
  #makeNonce(theirs: string, head = this.#head()): Buffer {
    const mark = createHmac('sha256', this.#secret).update(head).update(theirs).digest();
    return Buffer.concat([head, mark.subarray(0, NONCE_BYTES - HEAD_BYTES)]);
  }

  #head(): Buffer {
    const head = randomBytes(HEAD_BYTES);
    head.writeDoubleBE(this.#options.clock.monotonic());
    return head;
  }

  #isFresh(nonce: Uint8Array, theirs: string): boolean {
    const bytes = Buffer.from(nonce);
    const head = bytes.subarray(0, HEAD_BYTES);
    if (!timingSafeEqual(bytes, this.#makeNonce(theirs, head))) return false;
    const age = this.#options.clock.monotonic() - head.readDoubleBE();
    return age <= CHALLENGE_MS && !this.#used.has(toHex(nonce));
  }

  #note(peer: PeerId, { signal, disconnect }: RequestContext): void {
    const ends = this.#underWay.get(peer) ?? new Set();
    this.#underWay.set(peer, ends.add(disconnect));
    signal.addEventListener(
      'abort',
      () => {
        ends.delete(disconnect);
        if (ends.size === 0 && this.#underWay.get(peer) === ends) this.#underWay.delete(peer);
      },
      { once: true },
    );
  }
}

interface Session {
  readonly member: Member;
  /** Monotonic milliseconds. */
  readonly ends: number;
}

/** Makes room for one: what has ended goes, then what is oldest. A Map keeps the order in which things came. */
function dropEnded(map: Map<string, { readonly ends: number }>, now: number, most: number): void {
  for (const [key, { ends }] of map) {
    if (ends >= now && map.size < most) return;
    map.delete(key);
  }
}

const noMember = (): PeerdexError =>
  new PeerdexError('unauthorized', 'only members of the network get this', {
    hint: 'whoever is no member asks one for a link: `peerdex link`',
  });
