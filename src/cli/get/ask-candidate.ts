import type { GetEvent } from '../../protocol/http/local/operations.ts';
import { escapeText } from '../output/escape.ts';

type Failed = Extract<GetEvent, { event: 'failed' }>;

/** Asks on the terminal which of several things was meant. Undefined: none, the user turned away. */
export async function askCandidate({ path, candidates = [] }: Failed): Promise<string | undefined> {
  const { isCancel, select } = await import('@clack/prompts');
  const answer = await select({
    message: `Which ${escapeText(path)}?`,
    options: candidates.map(({ what, note }) => ({
      value: what,
      label: escapeText(what),
      ...(note ? { hint: escapeText(note) } : {}),
    })),
    maxItems: 10,
  });
  return isCancel(answer) ? undefined : (answer as string);
}
