import type { Bitfield } from '../../src/core/bitfield.ts';
import type { Source } from '../contender.ts';
import type { Crowd } from './crowd.ts';

/** One way to bring a file from the seed's host to all others. */
export interface CrowdContender {
  readonly name: string;
  readonly version: string;
  /** What a fetch ends with, for the table. */
  readonly promises: string;
  /** True when one round says it all and more would only cost time. */
  readonly once?: boolean;
  /** True when its races have `leaves`. */
  readonly showsLeaves?: boolean;
  /** Starts all that runs before the clock does. `folder` is its own, empty, and gone afterwards. */
  start(crowd: Crowd, hosts: number, source: Source, folder: string): Promise<Race>;
}

/** Everything is up, the seed ready to give, nobody has begun to fetch. */
export interface Race extends AsyncDisposable {
  /** Processes on a host, clients included while they run. */
  pids(host: number): readonly number[];
  /** Resolves when the host has the file whole and, if it verifies at all, verified. Rejects when it never will. */
  fetch(host: number): Promise<void>;
  /** Where the file lies when it is fetched. */
  destination(host: number): string;
  /** SIGKILL to everything on the host. */
  kill(host: number): Promise<void>;
  /** Which leaves a host has written, where that can be seen from outside. */
  readonly leaves?: LeafWatch;
}

export interface LeafWatch {
  held(host: number): Promise<Bitfield>;
  /** What the host tells its user about a fetch that does not move; empty when nothing. */
  says(host: number): Promise<string>;
  /** How the seed is called, by name and by id. */
  readonly seed: readonly string[];
  /** Starts again what was killed on the seed's host. */
  revive(): Promise<void>;
}
