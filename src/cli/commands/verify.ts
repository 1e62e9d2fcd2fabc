import type { Command } from 'commander';
import { PeerdexError } from '../../core/errors.ts';
import type { VerifyEvent } from '../../protocol/http/local/share-operations.ts';
import { openDaemon } from '../daemon.ts';
import { EVENT_PATIENCE } from '../event-patience.ts';
import { EXIT_DONE, EXIT_OF, EXIT_VERIFICATION, exitOfAll } from '../exit-codes.ts';
import { catchInterrupts } from '../interrupts.ts';
import type { Invocation } from '../invocation.ts';
import { nonEmpty } from '../operands.ts';
import { escapeText } from '../output/escape.ts';
import { examples } from '../output/help.ts';
import { humanCount, humanSeconds, humanSize } from '../output/human.ts';
import type { Output } from '../output/output.ts';

const NOTE_MS = 5000;

export function define(command: Command): void {
  command.argument('[share]', 'its name, as `peerdex status` lists it; without one all are verified');
  examples(command, [
    ['verify', 'hash all that is shared again; exit code 5 where something has rotted'],
    ['verify Music --json', 'one share, an event a line'],
  ]);
}

export async function run(invocation: Invocation): Promise<number> {
  const { output, args } = invocation;
  const share = args[0] === undefined ? undefined : nonEmpty(args[0], 'a share').normalize('NFC');
  const client = await openDaemon(invocation);
  using interrupts = catchInterrupts();
  const { signal } = interrupts;
  const codes: number[] = [];
  const report = reporter(output);
  try {
    const body = share === undefined ? {} : { share };
    for await (const event of client.verify({ body }, { signal, ...EVENT_PATIENCE })) {
      report(event);
      if (event.event === 'done') codes.push(event.rotten > 0 ? EXIT_VERIFICATION : EXIT_DONE);
      if (event.event === 'failed') codes.push(EXIT_OF[event.code]);
      if (event.event === 'end')
        return codes.includes(EXIT_VERIFICATION) ? EXIT_VERIFICATION : exitOfAll(codes);
    }
    throw new PeerdexError('unavailable', 'the peer daemon went away; it goes on when it is back');
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new PeerdexError('interrupted', 'no longer watched; the daemon goes on verifying', {
      hint: '`peerdex verify` watches it again, `peerdex status` shows what was found',
    });
  }
}

function reporter(output: Output): (event: VerifyEvent) => void {
  let noted = performance.now();
  return (event) => {
    if (event.event !== 'alive' && event.event !== 'end') output.answer(event);
    if (event.event === 'rotten')
      output.say(`rotten: ${escapeText(event.path)}: ${escapeText(event.reason)}`);
    if (event.event === 'rotten')
      output.say(
        `  fetch it again with \`peerdex get ${event.content} -o ${escapeText(event.path)} --overwrite\`; if it is as it should be, \`touch\` it`,
      );
    if (event.event === 'done') output.say(doneText(event));
    if (event.event === 'failed') output.say(`${escapeText(event.share)}: ${escapeText(event.reason)}`);
    if (event.event !== 'progress' || performance.now() - noted < NOTE_MS) return;
    noted = performance.now();
    const { share, bytes, totalBytes, files, totalFiles } = event;
    output.note(
      `${escapeText(share)}: ${files} of ${humanCount(totalFiles, 'file')}, ${humanSize(bytes)} of ${humanSize(totalBytes)}`,
    );
  };
}

function doneText({ share, files, bytes, seconds, rotten }: Extract<VerifyEvent, { event: 'done' }>): string {
  const found = rotten === 0 ? 'all is as it was' : `${rotten} rotten`;
  return `${escapeText(share)}: ${humanCount(files, 'file')}, ${humanSize(bytes)} in ${humanSeconds(seconds)}: ${found}`;
}
