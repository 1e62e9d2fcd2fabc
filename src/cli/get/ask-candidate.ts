import { PeerdexError } from '../../core/errors.ts';
import { escapeText } from '../output/escape.ts';
import type { EventOf } from './follow.ts';

/** Whether this failure is mended by saying which of several things was meant. */
export const isQuestion = ({ code, candidates }: EventOf<'failed'>): boolean =>
  code === 'ambiguous' && candidates !== undefined && candidates.length > 0;

/** Asks on the terminal which of several things was meant. Throws `interrupted` when the user turns away. */
export async function askCandidate({ path, candidates = [] }: EventOf<'failed'>): Promise<string> {
  const { isCancel, select } = await import('@clack/prompts');
  const { whileAsked } = await import('../output/while-asked.ts');
  const options = candidates.map(({ what, note }) => ({
    value: what,
    label: escapeText(what),
    ...(note ? { hint: escapeText(note) } : {}),
  }));
  const message = `Which ${escapeText(path)}?`;
  const answer = await whileAsked((signal) => select({ message, options, maxItems: 10, signal }));
  if (isCancel(answer)) throw new PeerdexError('interrupted', `${path}: nothing was chosen`);
  return answer as string;
}
