import type { Clock } from '../core/clock.ts';
import type { PeerId } from '../core/ids.ts';
import { RateMeter } from '../core/rate-meter.ts';

/** How many bytes a second go to each peer, or come from it. Those with which nothing goes on any more take no memory. */
export class PeerMeters {
  readonly #clock: Clock;
  /** Counts all together. */
  readonly #all: RateMeter;
  readonly #meters = new Map<PeerId, RateMeter>();

  constructor(clock: Clock, all: RateMeter) {
    this.#clock = clock;
    this.#all = all;
  }

  /** Takes in what goes to this peer, or comes from it. */
  of(peer: PeerId): { readonly add: (bytes: number) => void } {
    return {
      add: (bytes) => {
        this.#all.add(bytes);
        if (bytes === 0) return;
        let meter = this.#meters.get(peer);
        if (!meter) {
          if (this.#meters.size >= LOOK_AFTER) this.rates();
          meter = new RateMeter(this.#clock);
          this.#meters.set(peer, meter);
        }
        meter.add(bytes);
      },
    };
  }

  /** Bytes a second, of those with which something goes on. */
  rates(): ReadonlyMap<PeerId, number> {
    const rates = new Map<PeerId, number>();
    for (const [peer, { rate }] of this.#meters) {
      if (rate > 0) rates.set(peer, rate);
      else this.#meters.delete(peer);
    }
    return rates;
  }
}

/** Of more peers than that it is looked at each new one which of them still get something. */
const LOOK_AFTER = 256;
