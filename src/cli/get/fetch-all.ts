import type { GetRequest } from '../../protocol/http/local/get-events.ts';
import type { LocalClient } from '../daemon.ts';
import { EXIT_FAILED, EXIT_OF, exitOfAll } from '../exit-codes.ts';
import { catchInterrupts } from '../interrupts.ts';
import type { Output } from '../output/output.ts';
import { askCandidate } from './ask-candidate.ts';
import { followGet, type GetOutcome } from './follow.ts';
import { reportJson } from './report-json.ts';
import { isQuestion, type PeerNames, reportText, summaryLines } from './report-text.ts';

/**
 * A whole `get`: fetches, tells how it goes, asks on a terminal what an ambiguous name meant and fetches that too. Resolves with
 * the exit code.
 */
export async function fetchAll(output: Output, client: LocalClient, request: GetRequest): Promise<number> {
  const asks = canAsk(output);
  const codes: number[] = [];
  for (let next: GetRequest | undefined = request; next; ) {
    const outcome = await fetchOnce(output, client, next, { asks });
    const chosen = new Map<unknown, string>();
    for (const failed of asks ? outcome.failed.filter(isQuestion) : [])
      chosen.set(failed, await askCandidate(failed));
    codes.push(...outcome.failed.filter((failed) => !chosen.has(failed)).map(({ code }) => EXIT_OF[code]));
    codes.push(...outcome.stopped.map(() => EXIT_FAILED));
    next = chosen.size > 0 ? { ...request, what: [...chosen.values()] } : undefined;
  }
  return exitOfAll(codes);
}

/** One request: its progress, and at the end what came of it. Ctrl-C pauses. `asks`: an ambiguous name is left to the caller. */
export async function fetchOnce(
  output: Output,
  client: LocalClient,
  request: GetRequest,
  { asks } = { asks: false },
): Promise<GetOutcome> {
  using interrupts = catchInterrupts(['SIGINT']);
  const reporter = output.json ? reportJson(output) : reportText(output, { asks });
  const wanted = output.json ? request : { ...request, together: true };
  const outcome = await followGet(client, wanted, reporter, interrupts.signal);
  if (output.json) return outcome;
  for (const line of summaryLines(outcome, await peerNames(client, outcome))) output.say(line);
  return outcome;
}

/** Nobody is asked whose answers or questions go elsewhere. */
function canAsk(output: Output): boolean {
  return !output.json && output.terminal && process.stdin.isTTY === true;
}

async function peerNames(client: LocalClient, { done }: GetOutcome): Promise<PeerNames> {
  if (done.sources.size === 0) return new Map();
  try {
    return new Map((await client.peers()).peers.map(({ id, name }) => [id, name]));
  } catch {
    return new Map(); // the daemon ended just now: ids say it too
  }
}
