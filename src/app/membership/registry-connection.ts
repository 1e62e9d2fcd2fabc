import { Agent } from 'node:http';
import { type Address, formatAddress } from '../../core/address.ts';
import { asPeerdexError, type ErrorCode, PeerdexError } from '../../core/errors.ts';
import type { JoinLink } from '../../core/join-link.ts';
import { type Client, createClient } from '../../network/http/client.ts';
import { fitsSchema } from '../../network/http/validate.ts';
import { registryOperations } from '../../protocol/http/registry/operations.ts';
import { PROTOCOL_VERSION, versionMismatch } from '../../protocol/version.ts';

export type RegistryClient = Client<typeof registryOperations>;

/** A directory of 100,000 peers fits. */
export const MAX_DIRECTORY_BYTES = 64 * 1024 * 1024;

const ANSWERS: ReadonlySet<ErrorCode> = new Set(['not-found', 'conflict', 'limit', 'usage']);

/** The registry of a join link, at whichever of its addresses it answers. */
export class RegistryConnection {
  readonly link: JoinLink;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 4 });
  readonly #signal: AbortSignal;
  #client: Promise<RegistryClient> | undefined;

  /** `signal` ends the search for the registry. */
  constructor(link: JoinLink, signal: AbortSignal) {
    this.link = link;
    this.#signal = signal;
  }

  /**
   * Runs `work` with a registry that was found to be the right one. Throws `unavailable` when none answers, `conflict` when it is one of
   * another network, `unsupported` when it speaks another version, and what `work` throws.
   */
  async use<T>(work: (client: RegistryClient) => Promise<T>): Promise<T> {
    this.#client ??= this.#find();
    const client = this.#client;
    try {
      return await work(await client);
    } catch (error) {
      // Whoever answers next may be somebody else; an answer of its own, or the caller's change of mind, says nothing of that.
      const isSilence = error instanceof PeerdexError && !ANSWERS.has(error.code);
      if (this.#client === client && isSilence) this.#client = undefined;
      throw error;
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  async #find(): Promise<RegistryClient> {
    const errors: PeerdexError[] = [];
    try {
      if (this.link.mode !== 'plaintext') {
        throw new PeerdexError(
          'unsupported',
          `this peerdex does not speak to networks of mode ${this.link.mode} yet`,
        );
      }
      for (const address of this.link.addresses) {
        try {
          return await this.#check(address);
        } catch (error) {
          this.#signal.throwIfAborted();
          errors.push(asPeerdexError(error));
        }
      }
      throw errors.find(({ code }) => code !== 'unavailable') ?? this.#nobody(errors);
    } catch (error) {
      this.#client = undefined;
      throw error;
    }
  }

  async #check(address: Address): Promise<RegistryClient> {
    const name = `the registry at ${formatAddress(address)}`;
    const client = createClient(registryOperations, { address, agent: this.#agent, fits: fitsSchema, name });
    const { id, protocol } = await client.network({}, { signal: this.#signal, maxBytes: 64 * 1024 });
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
    return client;
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
