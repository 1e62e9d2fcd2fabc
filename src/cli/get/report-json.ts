import { PeerdexError } from '../../core/errors.ts';
import type { Output } from '../output/output.ts';
import { errorLines } from '../output/print-error.ts';
import type { GetReporter } from './follow.ts';

const PUBLIC = ['progress', 'done', 'failed'];

/** Events one a line, as the command line's contract has them; those between daemon and client stay between them. */
export function reportJson(output: Output): GetReporter {
  return {
    event: (event) => {
      if (event.event === 'done') output.answer({ ...event, size: undefined });
      else if (PUBLIC.includes(event.event)) output.answer(event);
      if (event.event !== 'state') return;
      const error = new PeerdexError('failed', `job ${event.job} was ${event.state} by another command`);
      for (const line of errorLines(error, true)) process.stderr.write(`${line}\n`);
    },
    end: () => {},
  };
}
