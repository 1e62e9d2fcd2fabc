import type { PeerId } from '../../core/ids.ts';
import type { DownloadChannels } from './download-channels.ts';

/** The asking half of a connection to each peer: of one that was dialled, else of one that was accepted from it. */
export class PeerLinks {
  readonly #dialled = new Map<PeerId, Promise<DownloadChannels>>();
  readonly #accepted = new Map<PeerId, Set<DownloadChannels>>();

  /** `dial` is called where there is none. What is being dialled already is waited for. */
  async of(peer: PeerId, dial: () => Promise<DownloadChannels>): Promise<DownloadChannels> {
    const dialled = this.#dialled.get(peer);
    if (dialled) return dialled;
    const [accepted] = this.#accepted.get(peer) ?? [];
    if (accepted) return accepted;
    const dialling = dial();
    this.#dialled.set(peer, dialling);
    const forget = () => {
      if (this.#dialled.get(peer) === dialling) this.#dialled.delete(peer);
    };
    dialling.then((channels) => channels.onClosed(forget), forget);
    return dialling;
  }

  accepted(channels: DownloadChannels): void {
    const { peer } = channels;
    const known = this.#accepted.get(peer) ?? new Set();
    this.#accepted.set(peer, known.add(channels));
    channels.onClosed(() => {
      known.delete(channels);
      if (known.size === 0) this.#accepted.delete(peer);
    });
  }

  /** Those that were dialled: whoever accepted a connection leaves it to the other side to end it. */
  async *dialled(): AsyncGenerator<DownloadChannels> {
    for (const dialling of [...this.#dialled.values()]) {
      const channels = await dialling.catch(() => undefined);
      if (channels) yield channels;
    }
  }
}
