import type { FindResult } from './find.ts';
import type { HashResult } from './hashing.ts';
import type { IdleResult } from './idle.ts';
import type { Machine } from './machine.ts';
import { mebibytes } from './numbers.ts';
import { table } from './table.ts';
import type { TransferResult } from './transfer.ts';

export interface Report {
  readonly machine: Machine;
  readonly bytes: number;
  readonly rounds: number;
  readonly transfer: readonly TransferResult[];
  readonly hashing: readonly HashResult[];
  readonly idle: readonly IdleResult[];
  readonly find: FindResult;
}

/** The whole run as Markdown. */
export function toMarkdown({ machine, bytes, rounds, transfer, hashing, idle, find }: Report): string {
  const { cpu, cores, memory, kernel, node, fileSystem, date } = machine;
  return [
    `${date}: ${cpu}, ${cores} cores, ${mebibytes(memory)}, ${kernel}, ${fileSystem}, Node ${node}.`,
    '',
    `One file of ${mebibytes(bytes)} over loopback, one holder, one fetcher; medians of ${rounds} rounds, all in turn.`,
    '',
    table(
      ['', 'seconds', 'from - to', 'MB/s', 'to nginx + curl', 'CPU s', 'peak memory', 'ends with'],
      transfer.map((row) => [
        `${row.name} (${row.version})`,
        row.medianSeconds.toFixed(2),
        `${Math.min(...row.seconds).toFixed(2)} - ${Math.max(...row.seconds).toFixed(2)}`,
        row.rate.toFixed(0),
        row.ratio === undefined ? '-' : row.ratio.toFixed(2),
        row.cpuSeconds.toFixed(2),
        mebibytes(row.peakMemory),
        row.promises,
      ]),
    ),
    '',
    'Hashing a file that is in the page cache:',
    '',
    table(
      ['', 'MB/s'],
      hashing.map(({ what, rate }) => [what, rate.toFixed(0)]),
    ),
    '',
    'Idle:',
    '',
    table(
      ['', 'memory', 'load'],
      idle.map(({ what, memory: taken, load }) => [what, mebibytes(taken), `${(load * 100).toFixed(1)} %`]),
    ),
    '',
    `Finding by name in an index of ${find.files} files: median ${find.median.toFixed(1)} ms, 99 of 100 below ${find.p99.toFixed(1)} ms; ` +
      `the whole command ${find.command.toFixed(0)} ms. A peer with that many new small files is ready after ${find.firstScan.toFixed(1)} s.`,
    '',
  ].join('\n');
}
