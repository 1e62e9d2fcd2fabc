import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { type Random, randomInt } from '../../src/core/random.ts';
import { makeFile } from '../../test/harness/files.ts';
import type { Tally } from './tally.ts';

/** Names are used again and again, so what a share may take in an index has a bound. */
const NAMES = 60;
const SIZES = [0, 900, 70_000, 300_000, 2_000_000, 6_000_000];

/** A shared folder in which a file is made, changed, renamed or deleted at each step; no content comes twice. */
export class ChangingShare {
  readonly folder: string;
  readonly #random: Random;
  readonly #tally: Tally;
  #seed: number;

  /** `seed`: that of the first content; the next ones count up. */
  constructor(folder: string, seed: number, random: Random, tally: Tally) {
    this.folder = folder;
    this.#seed = seed;
    this.#random = random;
    this.#tally = tally;
  }

  async step(): Promise<void> {
    const file = this.#anyFile();
    const chance = this.#random.next();
    if (chance < 0.7) {
      this.#tally.add('files made or changed');
      await makeFile(file, SIZES[randomInt(this.#random, SIZES.length)]!, this.#seed++);
    } else if (chance < 0.85) {
      this.#tally.add('files deleted');
      await rm(file, { force: true });
    } else {
      this.#tally.add('files renamed');
      await rename(file, this.#anyFile()).catch(() => {});
    }
  }

  #anyFile(): string {
    const number = randomInt(this.#random, NAMES);
    return path.join(this.folder, `folder-${number % 5}`, `file-${number}.bin`);
  }
}
