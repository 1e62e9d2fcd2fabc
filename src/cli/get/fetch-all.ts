import type { GetRequest } from '../../protocol/http/local/get-events.ts';
import { EXIT_FAILED, EXIT_OF, exitOfAll } from '../exit-codes.ts';
import { catchInterrupts } from '../interrupts.ts';
import type { Output } from '../output/output.ts';
import { followGet, type GetClient, type GetOutcome, type GetReporter } from './follow.ts';
import { GiverNames } from './peer-names.ts';

/**
 * A whole `get`: fetches, tells how it goes, asks on a terminal what an ambiguous name meant and fetches that too. Resolves with
 * the exit code.
 */
export async function fetchAll(output: Output, client: GetClient, request: GetRequest): Promise<number> {
  const asks = canAsk(output);
  const codes: number[] = [];
  for (let next: GetRequest | undefined = request; next; ) {
    const outcome = await fetchOnce(output, client, next, { asks });
    const chosen = new Map<unknown, string>();
    if (asks && outcome.failed.length > 0) {
      const { askCandidate, isQuestion } = await import('./ask-candidate.ts');
      for (const failed of outcome.failed.filter(isQuestion)) chosen.set(failed, await askCandidate(failed));
    }
    codes.push(...outcome.failed.filter((failed) => !chosen.has(failed)).map(({ code }) => EXIT_OF[code]));
    codes.push(...outcome.stopped.map(() => EXIT_FAILED));
    next = chosen.size > 0 ? { ...request, what: [...chosen.values()] } : undefined;
  }
  return exitOfAll(codes);
}

/**
 * One request: its progress, and at the end what came of it. Ctrl-C pauses. `asks`: an ambiguous name is left to the caller. What
 * tells of it is loaded when the daemon is at work already.
 */
export async function fetchOnce(
  output: Output,
  client: GetClient,
  request: GetRequest,
  { asks } = { asks: false },
): Promise<GetOutcome> {
  using interrupts = catchInterrupts(['SIGINT']);
  const { signal } = interrupts;
  if (output.json) {
    const load = async () => (await import('./report-json.ts')).reportJson(output);
    return await followGet(client, request, load, signal);
  }
  const names = new GiverNames(client);
  const load = async (): Promise<GetReporter> => {
    const { reportText } = await import('./report-text.ts');
    const { event, end } = reportText(output, { asks });
    return {
      event: (one) => {
        event(one);
        names.hear(one);
      },
      end,
    };
  };
  const outcome = await followGet(client, { ...request, together: true }, load, signal);
  const { summaryLines } = await import('./report-text.ts');
  const givers = await names.of([...outcome.done.sources.keys()]);
  for (const line of summaryLines(outcome, givers)) output.say(line);
  return outcome;
}

/** Nobody is asked whose answers or questions go elsewhere. */
function canAsk(output: Output): boolean {
  return !output.json && output.terminal && process.stdin.isTTY === true;
}
