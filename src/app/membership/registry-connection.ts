import type { Agent } from 'node:http';
import { type Address, formatAddress } from '../../core/address.ts';
import type { Clock } from '../../core/clock.ts';
import { asPeerdexError, type ErrorCode, PeerdexError, systemCode } from '../../core/errors.ts';
import type { JoinLink, NetworkMode } from '../../core/join-link.ts';
import { type Client, createClient } from '../../network/http/client.ts';
import { fitsSchema } from '../../network/http/validate.ts';
import { speaksTls } from '../../network/wire/speaks-tls.ts';
import { registryOperations } from '../../protocol/http/registry/operations.ts';
import { PROTOCOL_VERSION, versionMismatch } from '../../protocol/version.ts';
import type { Agents } from '../trust/agents.ts';
import type { MembershipProver } from '../trust/membership-prover.ts';

export type RegistryClient = Client<typeof registryOperations>;

/** A directory of 100,000 peers fits. */
export const MAX_DIRECTORY_BYTES = 64 * 1024 * 1024;
/** So many values are in it where each peer has two addresses. */
export const MAX_DIRECTORY_VALUES = 2_500_000;

const ANSWERS: ReadonlySet<ErrorCode> = new Set([
  'not-found',
  'conflict',
  'limit',
  'usage',
  'forbidden',
  'ambiguous',
]);

export interface RegistryConnectionOptions {
  readonly link: JoinLink;
  readonly prover: MembershipProver;
  readonly agents: Agents;
  readonly clock: Clock;
  /** Ends the search for the registry. */
  readonly signal: AbortSignal;
}

/** A client with a session, until then (monotonic milliseconds). */
interface SignedIn {
  readonly client: RegistryClient;
  readonly until: number;
}

/** The registry of a join link, at whichever of its addresses it answers. */
export class RegistryConnection {
  readonly link: JoinLink;
  readonly #options: RegistryConnectionOptions;
  readonly #agent: Agent;
  #client: Promise<SignedIn> | undefined;
  /** The registry lets nobody sign in before then (monotonic milliseconds), and why. */
  #closed: { readonly until: number; readonly error: PeerdexError } | undefined;

  constructor(options: RegistryConnectionOptions) {
    this.link = options.link;
    this.#options = options;
    this.#agent = options.agents.make(options.link.network, 4);
  }

  /**
   * Runs `work` with a registry that was found to be the right one and has let this peer in. Throws `unavailable` when none answers,
   * `conflict` when it is one of another network or mode, `unsupported` when it speaks another version, what `MembershipProver.registry`
   * throws, and what `work` throws.
   */
  async use<T>(work: (client: RegistryClient) => Promise<T>, isRetry = false): Promise<T> {
    const signedIn = await this.#current();
    const current = this.#client;
    try {
      return await work(signedIn.client);
    } catch (error) {
      if (error instanceof PeerdexError && error.code === 'unauthorized' && !isRetry) {
        // The registry was started anew and knows nothing of the session.
        if (this.#client === current) this.#client = undefined;
        return this.use(work, true);
      }
      // Whoever answers next may be somebody else; an answer of its own, or the caller's change of mind, says nothing of that.
      const isSilence = error instanceof PeerdexError && !ANSWERS.has(error.code);
      if (this.#client === current && isSilence) this.#client = undefined;
      throw error;
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  /** Signs in anew where there is no session, or where it is over. */
  async #current(): Promise<SignedIn> {
    const kept = this.#client;
    const found = await kept?.catch(() => undefined);
    if (found && found.until > this.#options.clock.monotonic()) return found;
    if (this.#client === kept) this.#client = undefined;
    const retryAfterMs = (this.#closed?.until ?? 0) - this.#options.clock.monotonic();
    if (this.#closed && retryAfterMs > 0) {
      const { code, message, hint } = this.#closed.error;
      throw new PeerdexError(code, message, { hint, retryAfterMs });
    }
    this.#client ??= this.#find();
    return this.#client;
  }

  async #find(): Promise<SignedIn> {
    const errors: PeerdexError[] = [];
    try {
      for (const address of this.link.addresses) {
        try {
          return await this.#check(address);
        } catch (error) {
          this.#options.signal.throwIfAborted();
          errors.push(this.#noted(asPeerdexError(error)));
        }
      }
      throw errors.find(({ code }) => code !== 'unavailable') ?? this.#nobody(errors);
    } catch (error) {
      this.#client = undefined;
      throw error;
    }
  }

  #noted(error: PeerdexError): PeerdexError {
    if (error.retryAfterMs !== undefined)
      this.#closed = { until: this.#options.clock.monotonic() + error.retryAfterMs, error };
    return error;
  }

  async #check(address: Address): Promise<SignedIn> {
    const { prover, agents, signal } = this.#options;
    const name = `the registry at ${formatAddress(address)}`;
    const transport = { address, agent: this.#agent, fits: fitsSchema, name };
    const client = createClient(registryOperations, transport);
    const { id, protocol, mode } = await client
      .network({}, { signal, maxBytes: 64 * 1024 })
      .catch(async (error: unknown) => {
        throw (await this.#isOfTls(address, error)) ? otherMode(name, 'tls', this.link.mode) : error;
      });
    if (protocol !== PROTOCOL_VERSION) throw new PeerdexError('unsupported', versionMismatch(name, protocol));
    if (id !== this.link.network) {
      throw new PeerdexError(
        'conflict',
        `${name} belongs to another network: its id is ${id}, the join link says ${this.link.network}`,
        {
          hint: 'ask for a new join link',
        },
      );
    }
    if (mode !== this.link.mode) throw otherMode(name, mode, this.link.mode);
    const agent = agents.make(this.link.network, 1);
    try {
      const { token, until } = await prover.registry({ address, agent, name }, this.link, signal);
      return { client: createClient(registryOperations, { ...transport, token }), until };
    } finally {
      agent.destroy();
    }
  }

  /** A TLS listener answers nothing to plaintext, as a registry that stops does: what it is shows in TLS. */
  async #isOfTls(address: Address, error: unknown): Promise<boolean> {
    if (this.link.mode !== 'plaintext' || systemCode(error) !== 'ECONNRESET') return false;
    return speaksTls(address, this.link.network, this.#options.signal);
  }

  #nobody(errors: readonly PeerdexError[]): PeerdexError {
    const tried = this.link.addresses.map(formatAddress).join(', ');
    const [first] = errors;
    const message = errors.length === 1 && first ? first.message : `no registry answers at ${tried}`;
    return new PeerdexError('unavailable', message, {
      cause: first,
      hint: 'is the registry running, and can this machine reach it?',
    });
  }
}

const otherMode = (name: string, mode: NetworkMode, ofLink: NetworkMode): PeerdexError =>
  new PeerdexError('conflict', `${name} runs a ${mode} network, the join link is of a ${ofLink} one`, {
    hint: 'ask for a new join link',
  });
