import type { Clock } from '../core/clock.ts';
import type { ContentId, PeerId } from '../core/ids.ts';
import type { Random } from '../core/random.ts';
import { ContentSwarm } from './content-swarm.ts';
import { SwarmLinks } from './swarm-links.ts';

export interface ContentSwarmsOptions {
  /** This process itself; as a source of its own it is no neighbour. */
  readonly self: PeerId;
  readonly clock: Clock;
  readonly random: Random;
  /** Neighbours in one swarm; as many as a mesh has by itself unless told. */
  readonly mostNeighbours?: number | undefined;
  /** Neighbours in all swarms together. */
  readonly mostLinks?: number | undefined;
}

/** Half of the connections that a peer's port takes: the rest is for HTTP, for lists of members, and for those who are refused. */
const MOST_LINKS = 512;

/** The swarms that this process is in, each as long as anybody is connected in it. */
export class ContentSwarms {
  readonly #options: ContentSwarmsOptions;
  readonly #links: SwarmLinks;
  readonly #swarms = new Map<string, ContentSwarm>();

  constructor(options: ContentSwarmsOptions) {
    this.#options = options;
    this.#links = new SwarmLinks(options.mostLinks ?? MOST_LINKS);
  }

  /** `size`: bytes. What is expected of a size that proves to be false is kept apart. */
  of(content: ContentId, size: number): ContentSwarm {
    const key = keyOf(content, size);
    const known = this.#swarms.get(key);
    if (known) return known;
    const swarm: ContentSwarm = new ContentSwarm({
      ...this.#options,
      size,
      links: this.#links,
      onUnused: () => {
        if (this.#swarms.get(key) === swarm) this.#swarms.delete(key);
      },
    });
    this.#swarms.set(key, swarm);
    return swarm;
  }

  /** Whether one who asks here may become a neighbour. */
  accepts(content: ContentId, size: number, peer: PeerId): boolean {
    const known = this.#swarms.get(keyOf(content, size));
    return known ? known.accepts(peer) : peer === this.#options.self || this.#links.accepts(peer);
  }
}

const keyOf = (content: ContentId, size: number): string => `${content} ${size}`;
