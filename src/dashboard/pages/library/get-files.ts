import { api } from '../../api/client.ts';
import { formatCount } from '../../format/amounts.ts';
import { sayError, sayGood } from '../../shell/toasts.tsx';

/** As many as one request takes. */
const PART = 500;

/** Starts to fetch these; says what was begun and what could not be. Jobs go on by themselves. */
export async function getFiles(whats: readonly string[]): Promise<void> {
  const failures: string[] = [];
  let begun = 0;
  let had = 0;
  try {
    for (let at = 0; at < whats.length; at += PART) {
      for await (const event of api.get({ body: { what: whats.slice(at, at + PART) } })) {
        if (event.event === 'job') begun += 1;
        else if (event.event === 'done' && event.bytes === 0 && event.seconds === 0) had += 1;
        else if (event.event === 'failed') failures.push(event.reason);
        // Everything that was asked for has begun: what follows the stream of the page tells.
        else break;
      }
    }
  } catch (error) {
    sayError(error);
  }
  if (begun > 0) sayGood(`${formatCount(begun, 'download')} begun.`);
  else if (had > 0 && failures.length === 0) sayGood('It is here already.');
  if (failures.length > 0) {
    const others = failures.length > 1 ? ` (and ${failures.length - 1} more)` : '';
    sayError(new Error(`Not everything could be fetched: ${failures[0]}${others}`));
  }
}
