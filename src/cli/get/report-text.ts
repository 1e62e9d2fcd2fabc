import { escapeText } from '../output/escape.ts';
import { humanCount, humanSeconds, humanSize, humanThroughput } from '../output/human.ts';
import type { Output } from '../output/output.ts';
import { candidateLines } from '../output/print-error.ts';
import type { EventOf, GetOutcome, GetReporter } from './follow.ts';
import { type Progress, progressBars, progressText } from './progress-lines.ts';

/** Names of peers by id, for people. */
export type PeerNames = ReadonlyMap<string, string>;

const REDRAW_MS = 100;
const CALM_MS = 3000;
/** Of very many files not each gets a line of its own at the end. */
const MOST_LINES = 20;

/**
 * For people: bars that move on a terminal, a calm line now and then elsewhere, both on standard error; a line for each
 * failure at once. With `asks` an ambiguous name is not one: the user will be asked.
 */
export function reportText(output: Output, { asks }: { readonly asks: boolean }): GetReporter {
  const stream = process.stderr;
  const running = new Map<string, Progress>();
  const moving = stream.isTTY === true && process.env.TERM !== 'dumb';
  let drawn = 0;
  let last = performance.now() - (moving ? REDRAW_MS : 0);
  const erase = () => {
    if (drawn > 0) stream.write(`\x1b[${drawn}A\x1b[J`);
    drawn = 0;
  };
  const show = () => {
    const now = performance.now();
    if (now - last < (moving ? REDRAW_MS : CALM_MS)) return;
    last = now;
    if (!moving)
      return void stream.write([...running.values()].map((one) => `${progressText(one)}\n`).join(''));
    const bars = progressBars([...running.values()], stream.columns ?? 80);
    erase();
    stream.write(bars.map((line) => `${line}\n`).join(''));
    drawn = bars.length;
  };
  return {
    event: (event) => {
      if (event.event === 'progress') running.set(keyOf(event), event);
      if (event.event === 'done') running.delete(keyOf(event));
      if (event.event === 'failed' || event.event === 'state') {
        for (const [key, { job }] of running) if (job === event.job) running.delete(key);
        erase();
        const willAsk = asks && event.event === 'failed' && isQuestion(event);
        if (!willAsk) for (const line of endedLines(event)) output.note(line);
      }
      show();
    },
    end: erase,
  };
}

/** Whether this failure is mended by saying which of several things was meant. */
export const isQuestion = ({ code, candidates }: EventOf<'failed'>): boolean =>
  code === 'ambiguous' && candidates !== undefined && candidates.length > 0;

/** What was fetched, how fast, and from whom. */
export function summaryLines({ done, seconds }: GetOutcome, names: PeerNames): string[] {
  const lines = done.slice(0, MOST_LINES).map((event) => doneLine(event, names));
  if (done.length > MOST_LINES) lines.push(`and ${humanCount(done.length - MOST_LINES, 'more file')}`);
  if (done.length < 2) return lines;
  const bytes = done.reduce((sum, event) => sum + event.bytes, 0);
  if (bytes === 0) return lines;
  return [...lines, `${humanCount(done.length, 'file')}: ${amount(bytes, seconds)}${fromText(done, names)}`];
}

function doneLine(event: EventOf<'done'>, names: PeerNames): string {
  const where = escapeText(event.path);
  if (event.sources.length === 0 && event.bytes === 0)
    return `${where}: nothing to fetch, this machine has it`;
  return `${where}: ${amount(event.bytes, event.seconds)}${fromText([event], names)}`;
}

const amount = (bytes: number, seconds: number): string =>
  `${humanSize(bytes)} in ${humanSeconds(seconds)}, ${humanThroughput(bytes, seconds)}`;

function fromText(done: readonly EventOf<'done'>[], names: PeerNames): string {
  const sums = new Map<string, number>();
  for (const { peer, bytes } of done.flatMap(({ sources }) => sources)) {
    sums.set(peer, (sums.get(peer) ?? 0) + bytes);
  }
  if (sums.size === 0) return '';
  const parts = [...sums].map(
    ([peer, bytes]) => `${escapeText(names.get(peer) ?? peer)} ${humanSize(bytes)}`,
  );
  return `, from ${parts.join(', ')}`;
}

function endedLines(event: EventOf<'failed'> | EventOf<'state'>): string[] {
  if (event.event === 'state') return [`peerdex: job ${event.job} was ${event.state} by another command`];
  return [
    `peerdex: ${escapeText(event.path)}: ${escapeText(event.reason)}`,
    ...candidateLines(event.candidates),
    ...(event.hint ? [`hint: ${escapeText(event.hint)}`] : []),
  ];
}

const keyOf = ({ job, path }: { readonly job: string; readonly path: string }): string => `${job} ${path}`;
