import { parseArgs } from 'node:util';
import { parseSize } from '../../src/cli/units.ts';
import type { NetworkMode } from '../../src/core/join-link.ts';
import { equalCrowd, type Scenario, unequalCrowd } from './scenario.ts';

export interface CrowdOptions {
  readonly scenarios: readonly Scenario[];
  readonly bytes: number;
  readonly rounds: number;
  readonly modes: readonly NetworkMode[];
  /** Only contenders whose name has this in it. */
  readonly only: string;
  readonly churn: boolean;
  /** Where the files of all hosts lie. */
  readonly folder: string;
  /** Where raw figures and plots go. */
  readonly out: string | undefined;
}

export const USAGE = `npm run bench:crowd -- [OPTIONS]
  --peers N         fetchers with equal links; without this and --unequal: 8, 16, and 8 unequal ones
  --unequal         seed 50 Mbit/s, half of the fetchers 20, half 100
  --churn           fetchers and the seed are killed on the way
  --file SIZE       default 128MiB
  --rounds N        default 3, of which each counts
  --tls, --plaintext  peerdex in this mode only
  --only NAME       only contenders whose name has this in it
  --folder DIR      where all hosts' files lie, default /dev/shm: so many hosts share no disk
  --out DIR         writes crowd.json and plots there
`;

/** Throws with one line where they make no sense. */
export function readOptions(args: readonly string[]): CrowdOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      peers: { type: 'string' },
      unequal: { type: 'boolean', default: false },
      churn: { type: 'boolean', default: false },
      file: { type: 'string', default: '128MiB' },
      rounds: { type: 'string', default: '3' },
      tls: { type: 'boolean', default: false },
      plaintext: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      folder: { type: 'string', default: '/dev/shm' },
      out: { type: 'string' },
    },
  });
  const both = values.tls === values.plaintext;
  return {
    scenarios: scenariosOf(values.peers, values.unequal, values.churn),
    bytes: parseSize(values.file),
    rounds: countOf('--rounds', values.rounds, 1, 100),
    modes: both ? ['plaintext', 'tls'] : [values.tls ? 'tls' : 'plaintext'],
    only: values.only,
    churn: values.churn,
    folder: values.folder,
    out: values.out,
  };
}

function scenariosOf(peers: string | undefined, unequal: boolean, churn: boolean): Scenario[] {
  const count = peers === undefined ? undefined : countOf('--peers', peers, churn ? 4 : 1, 200);
  if (unequal) return [unequalCrowd(count ?? 8)];
  if (count !== undefined) return [equalCrowd(count)];
  return churn ? [equalCrowd(8)] : [equalCrowd(8), equalCrowd(16), unequalCrowd(8)];
}

function countOf(flag: string, text: string, least: number, most: number): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < least || count > most)
    throw new RangeError(`${flag} wants a whole number from ${least} to ${most}, not ${text}`);
  return count;
}
