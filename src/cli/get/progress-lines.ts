import { escapeText } from '../output/escape.ts';
import { humanCount, humanRate, humanSeconds, humanSize } from '../output/human.ts';
import { shorten, textWidth } from '../output/width.ts';
import type { Total } from './tally.ts';

const BAR = { least: 10, most: 24 };
/** The widest of each, so that nothing moves sideways while numbers change. */
const RATE_WIDTH = '99.9 MB/s'.length;
const LEFT_WIDTH = '59 min left'.length;
const LEAST_NAME = 8;

/**
 * All that is fetched in one line of less than `width` columns: part, bar, rate, time left, files or sources, and the file that is
 * on its way. Every field has its place; the name is last and takes the rest.
 */
export function progressLine(total: Total, width: number): string {
  const room = width - 1;
  const bar = Math.min(BAR.most, Math.max(BAR.least, Math.floor(room / 6)));
  const full = Math.floor(bar * fraction(total));
  const start = `${percent(total).padStart(5)} [${'='.repeat(full)}${' '.repeat(bar - full)}]`;
  if (total.reason !== undefined) return shorten(`${start}  ${escapeText(total.reason)}`, room);
  const fields = [
    start,
    humanRate(total.rate).padStart(RATE_WIDTH),
    leftText(total).padStart(LEFT_WIDTH),
    countText(total),
  ];
  while (fields.length > 1 && textWidth(fields.join('  ')) > room) fields.pop();
  const line = fields.join('  ');
  const rest = room - textWidth(line) - 2;
  if (rest < LEAST_NAME) return shorten(line, room);
  return `${line}  ${shorten(nameOf(total), rest)}`.trimEnd();
}

/** The same as one calm line for what is not a terminal. */
export function progressText(total: Total): string {
  const { sources, done, files, size, reason } = total;
  const part = `${percent(total)} of ${humanSize(size)}`;
  const subject = files > 1 ? `${done} of ${humanCount(files, 'file')}` : nameOf(total);
  if (reason !== undefined) return `${subject}: ${part}, ${escapeText(reason)}`;
  const from = files === 1 ? `, ${humanCount(sources, 'source')}` : '';
  return `${subject}: ${part}, ${humanRate(total.rate)}, ${leftText(total)}${from}`;
}

function countText({ files, done, sources }: Total): string {
  if (files === 1) return humanCount(sources, 'source').padEnd('2 sources'.length);
  const all = String(files);
  return `${String(done).padStart(all.length)}/${all} files`;
}

/** To one unit, so that it is short and does not jump. */
function leftText({ left, rate }: Total): string {
  if (rate <= 0) return 'waiting';
  return `${humanSeconds(Math.ceil(left)).replace(/\.00/, '').split(' ').slice(0, 2).join(' ')} left`;
}

const nameOf = ({ name }: Total): string => escapeText(name);
const fraction = ({ bytes, size }: Total): number => (size > 0 ? Math.min(1, bytes / size) : 0);
const percent = (total: Total): string => `${Math.floor(fraction(total) * 100)} %`;
