import { asPeerdexError, PeerdexError } from '../../core/errors.ts';
import type { MirrorEvent, MirrorRequest } from '../../protocol/http/local/mirror-operations.ts';
import type { LocalClient } from '../daemon.ts';
import { EVENT_PATIENCE } from '../event-patience.ts';
import { EXIT_DONE, EXIT_FAILED, EXIT_OF } from '../exit-codes.ts';
import { goneAway, pauseAll } from '../get/follow.ts';
import { catchInterrupts } from '../interrupts.ts';

/** Who is told what happens to a mirror. */
export interface MirrorReporter {
  event(event: MirrorEvent): void;
  /** Whether so many files of so many may go. Undefined: nobody can be asked. */
  ask?(files: number, of: number, signal: AbortSignal): Promise<boolean>;
  end(): void;
}

/**
 * Begins a mirror and tells what happens until it ends: the exit code. Ctrl-C pauses it, and an error of code `interrupted` says how to go
 * on. Throws `unavailable` when the daemon goes away; the mirror goes on when it is back.
 */
export async function followMirror(
  client: LocalClient,
  request: MirrorRequest,
  reporter: MirrorReporter,
): Promise<number> {
  using interrupts = catchInterrupts(['SIGINT']);
  const { signal } = interrupts;
  const jobs: string[] = [];
  let code = EXIT_DONE;
  try {
    for await (const event of client.mirror({ body: request }, { signal, ...EVENT_PATIENCE })) {
      if (event.event === 'job') jobs.push(event.job);
      if (event.event === 'failed') code = EXIT_OF[event.code];
      if (event.event === 'state' || event.event === 'altered') code = EXIT_FAILED;
      // What failed in one round may be mended by the next.
      if (event.event === 'equal') code = EXIT_DONE;
      reporter.event(event);
      if (event.event === 'asks' && !request.once) void settle(client, event, reporter, signal);
      if (event.event === 'end') return code;
    }
    throw new PeerdexError('unavailable', 'the answer ended too early');
  } catch (error) {
    if (signal.aborted) throw await pauseAll(client, jobs);
    throw goneAway(error, jobs.length > 0, 'the mirror');
  } finally {
    reporter.end();
  }
}

/** On a terminal somebody is asked. Where that fails the mirror goes on to ask. */
async function settle(
  client: LocalClient,
  { job, files, of }: Extract<MirrorEvent, { event: 'asks' }>,
  reporter: MirrorReporter,
  signal: AbortSignal,
): Promise<void> {
  try {
    if (await reporter.ask?.(files, of, signal))
      await client.allowRemoval({ params: { job }, body: { files } });
  } catch (error) {
    if (!signal.aborted) reporter.event({ event: 'waits', job, reason: asPeerdexError(error).message });
  }
}
