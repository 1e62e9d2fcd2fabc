import { escapeText } from '../output/escape.ts';
import { humanCount, humanSeconds, humanSize, humanThroughput } from '../output/human.ts';
import type { Output } from '../output/output.ts';
import { candidateLines, failureLine } from '../output/print-error.ts';
import { isQuestion } from './ask-candidate.ts';
import type { EventOf, GetOutcome, GetReporter } from './follow.ts';
import { LiveLine } from './live-line.ts';
import type { PeerNames } from './peer-names.ts';
import { progressLine, progressText } from './progress-lines.ts';
import { Tally } from './tally.ts';

/** Said of what this machine had, wherever on it. */
export const NOTHING_FETCHED = 'nothing had to be fetched';

const CALM_MS = 3000;
/** So many are told one by one: what stops one file of a large folder often stops them all. */
const MOST_FAILURES = 20;

/**
 * For people: one line that moves on a terminal, a calm line now and then elsewhere, both on standard error; a line for each
 * failure at once. With `asks` an ambiguous name is not one: the user will be asked.
 */
export function reportText(output: Output, { asks }: { readonly asks: boolean }): GetReporter {
  const stream = process.stderr;
  const tally = new Tally(() => performance.now());
  let begun = false;
  let failures = 0;
  const live =
    stream.isTTY === true && process.env.TERM !== 'dumb'
      ? new LiveLine(stream, (width) => (begun ? progressLine(tally.total(), width) : undefined))
      : undefined;
  let last = performance.now();
  const showCalmly = () => {
    const now = performance.now();
    if (live || !begun || now - last < CALM_MS) return;
    last = now;
    stream.write(`${progressText(tally.total())}\n`);
  };
  return {
    event: (event) => {
      tally.take(event);
      begun ||= event.event === 'progress' || event.event === 'job';
      if (event.event === 'failed' || event.event === 'state') {
        live?.clear();
        const willAsk = asks && event.event === 'failed' && isQuestion(event);
        if (!willAsk) failures += 1;
        if (!willAsk && failures <= MOST_FAILURES) for (const line of endedLines(event)) output.note(line);
      }
      showCalmly();
    },
    end: () => {
      live?.end();
      if (failures > MOST_FAILURES) output.note(`peerdex: and ${failures - MOST_FAILURES} more failed`);
    },
  };
}

/** What was fetched, how fast, and from whom; of many files all together. */
export function summaryLines({ done, seconds }: GetOutcome, names: PeerNames): string[] {
  const { files, bytes, held, each } = done;
  const lines = each?.map((event) => doneLine(event, names)) ?? [];
  if (files < 2 || (each && bytes === 0)) return lines;
  const where = each ? '' : ` in ${escapeText(done.folder)}`;
  const already = !each && held > 0 ? `, ${held.toLocaleString('en')} of them here before` : '';
  const from = fromText(done.sources, names);
  const fetched = bytes === 0 ? NOTHING_FETCHED : `${amount(bytes, seconds)}${from}`;
  return [...lines, `${humanCount(files, 'file')}${where}: ${fetched}${already}`];
}

function doneLine(event: EventOf<'done'>, names: PeerNames): string {
  const where = escapeText(event.path);
  if (event.sources.length === 0 && event.bytes === 0) return `${where}: in place, ${NOTHING_FETCHED}`;
  const sources = new Map(event.sources.map(({ peer, bytes }) => [peer, bytes]));
  return `${where}: ${amount(event.bytes, event.seconds)}${fromText(sources, names)}`;
}

const amount = (bytes: number, seconds: number): string =>
  `${humanSize(bytes)} in ${humanSeconds(seconds)}, ${humanThroughput(bytes, seconds)}`;

function fromText(sources: ReadonlyMap<string, number>, names: PeerNames): string {
  if (sources.size === 0) return '';
  const parts = [...sources].map(
    ([peer, bytes]) => `${escapeText(names.get(peer) ?? peer)} ${humanSize(bytes)}`,
  );
  return `, from ${parts.join(', ')}`;
}

function endedLines(event: EventOf<'failed'> | EventOf<'state'>): string[] {
  if (event.event === 'state') return [`peerdex: job ${event.job} was ${event.state} by another command`];
  return [
    failureLine(event.path, event.reason),
    ...candidateLines(event.candidates),
    ...(event.hint ? [`hint: ${escapeText(event.hint)}`] : []),
  ];
}
