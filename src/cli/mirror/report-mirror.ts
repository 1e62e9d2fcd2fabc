import { PeerdexError } from '../../core/errors.ts';
import type { MirrorEvent } from '../../protocol/http/local/mirror-operations.ts';
import { NOTHING_FETCHED } from '../get/report-text.ts';
import { escapeText } from '../output/escape.ts';
import { humanSize } from '../output/human.ts';
import type { Output } from '../output/output.ts';
import { errorLines, failureLine } from '../output/print-error.ts';
import { whileAsked } from '../output/while-asked.ts';
import type { MirrorReporter } from './follow-mirror.ts';

/** Events that are between daemon and client only. */
const PRIVATE: ReadonlySet<string> = new Set(['alive', 'end', 'state', 'altered', 'passed-over']);

/** A line for each file that was brought or removed, and what the mirror waits for; or events, one a line. */
export function reportMirror(output: Output): MirrorReporter {
  const kept = new Set<string>();
  return {
    event(event) {
      if (event.event === 'done') output.answer({ ...event, size: undefined });
      else if (!PRIVATE.has(event.event)) output.answer(event);
      const said = saidOf(event);
      if (said !== undefined) output.say(said);
      for (const line of notedOf(event)) {
        // Why it failed in the end may be what was told on the way.
        if (!kept.has(line)) output.note(line);
        if (event.event === 'kept') kept.add(line);
      }
      const why = endedBy(event);
      if (why === undefined || !output.json) return;
      const error = new PeerdexError('failed', why);
      for (const line of errorLines(error, true)) process.stderr.write(`${line}\n`);
    },
    ...(canAsk(output) ? { ask } : {}),
    end: () => {},
  };
}

function saidOf(event: MirrorEvent): string | undefined {
  if (event.event === 'done')
    return `${escapeText(event.path)}: ${event.bytes === 0 ? `in place, ${NOTHING_FETCHED}` : humanSize(event.bytes)}`;
  if (event.event === 'removed') return `${escapeText(event.path)}: removed`;
  if (event.event === 'equal') return 'all is equal';
  return undefined;
}

function notedOf(event: MirrorEvent): string[] {
  switch (event.event) {
    case 'job':
      return [`mirror ${event.job}`];
    case 'kept':
      return [`peerdex: ${escapeText(event.path)} is left as it is: ${escapeText(event.reason)}`];
    case 'waits':
      return [`peerdex: it waits: ${escapeText(event.reason)}`];
    case 'failed':
      return [
        failureLine(event.path, event.reason),
        ...(event.hint ? [`hint: ${escapeText(event.hint)}`] : []),
      ];
    case 'asks':
      return [
        `peerdex: ${event.files} of ${event.of} files would be removed: they are kept`,
        'hint: say the command again with --delete-all to let them go',
      ];
    default: {
      const why = endedBy(event);
      return why === undefined ? [] : [`peerdex: ${why}`];
    }
  }
}

/** What another command did, so that this one has nothing more to tell. */
function endedBy(event: MirrorEvent): string | undefined {
  if (event.event === 'state') return `job ${event.job} was ${event.state} by another command`;
  if (event.event === 'altered')
    return `mirror ${event.job} goes on by other options, given by another command`;
  return undefined;
}

/** Nobody is asked whose answers or questions go elsewhere. */
const canAsk = (output: Output): boolean => !output.json && output.terminal && process.stdin.isTTY === true;

async function ask(files: number, of: number, signal: AbortSignal): Promise<boolean> {
  const { confirm } = await import('@clack/prompts');
  const message = `Remove ${files} of ${of} files, which their holders have deleted?`;
  return (
    (await whileAsked((ended) => confirm({ message, initialValue: false, signal: ended }), signal)) === true
  );
}
