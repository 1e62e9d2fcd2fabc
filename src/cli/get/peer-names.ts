import type { GetEvent } from '../../protocol/http/local/get-events.ts';
import type { GetClient } from './follow.ts';

/** Names of peers by id, for people. */
export type PeerNames = ReadonlyMap<string, string>;

/** Who gave what, for the last line of a `get`: asked for while files come, so that it need not be at the end. */
export class GiverNames {
  readonly #client: Pick<GetClient, 'peers'>;
  #asked: Promise<PeerNames> | undefined;

  constructor(client: Pick<GetClient, 'peers'>) {
    this.#client = client;
  }

  /** To be told of every event. */
  hear({ event }: GetEvent): void {
    if (event === 'progress' || event === 'together') this.#asked ??= this.#ask();
  }

  /** Some may have no name: their peers are gone. */
  async of(peers: readonly string[]): Promise<PeerNames> {
    if (peers.length === 0) return new Map();
    const names = await (this.#asked ?? this.#ask());
    if (this.#asked === undefined || peers.every((peer) => names.has(peer))) return names;
    return this.#ask();
  }

  async #ask(): Promise<PeerNames> {
    try {
      return new Map((await this.#client.peers()).peers.map(({ id, name }) => [id, name]));
    } catch {
      return new Map(); // the daemon ended just now: ids say it too
    }
  }
}
