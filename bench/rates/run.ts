import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { describeMachine } from '../machine.ts';
import { table } from '../table.ts';
import type { Deviation } from './ledger.ts';
import { KINDS, measure, type RateCase } from './measure.ts';

/**
 * `npm run bench:rates [-- --only WORD] [--rate BYTES] [--others N]`: how exact limits are. The worst deviation of any 2 s from the limit
 * after the first 2 s, over loopback, in a table. About 8 s a case.
 */
const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    rate: { type: 'string', multiple: true, default: ['100000', '2000000', '50000000'] },
    others: { type: 'string', multiple: true, default: ['1', '4'] },
  },
});
/** Bytes a second above which both ends in one process are what limits. */
const MOST_TOGETHER = 60e6;
const AIM = 0.05;

const rows: string[][] = [];
let beyond = 0;
for (const kind of KINDS.filter((name) => name.includes(values.only))) {
  for (const rate of values.rate.map(Number)) {
    for (const others of values.others.map(Number)) {
      if (rate * (kind.endsWith('each') ? others : 1) > MOST_TOGETHER) continue;
      const cells: string[] = [];
      for (const isTls of [false, true]) cells.push(await cell({ kind, rate, others, isTls }));
      rows.push([kind, nameOf(rate), String(others), ...cells]);
      process.stderr.write(`${rows.at(-1)!.join(' | ')}\n`);
    }
  }
}
const { cpu, cores, kernel, node, date } = describeMachine(tmpdir());
process.stdout.write(
  [
    `${date}: ${cpu}, ${cores} cores, ${kernel}, Node ${node}.`,
    '',
    table(['limit', 'rate', 'others', 'plaintext', 'TLS'], rows),
    '',
    `${beyond} beyond ${AIM * 100} %`,
    '',
  ].join('\n'),
);

async function cell(one: RateCase): Promise<string> {
  const { below, above } = await measure(one);
  if (Math.max(below, above) > AIM) beyond += 1;
  return `${percent(below, '-')} ${percent(above, '+')}`;
}

function percent(share: Deviation['above'], sign: string): string {
  return `${sign}${(share * 100).toFixed(1)} %`;
}

function nameOf(rate: number): string {
  return rate >= 1e6 ? `${rate / 1e6} MB/s` : `${rate / 1e3} kB/s`;
}
