import { text } from 'node:stream/consumers';
import { PeerdexError } from '../core/errors.ts';
import type { Invocation } from './invocation.ts';
import { whileAsked } from './output/while-asked.ts';

/**
 * The passphrase of a backup: from PEERDEX_PASSPHRASE, else asked on the terminal without showing it, else from standard input.
 * Undefined for an empty one. `twice`: a new one, which is asked for again. Never an argument, which other users could read.
 */
export async function readPassphrase(
  { environment }: Invocation,
  { twice }: { readonly twice: boolean },
): Promise<string | undefined> {
  const said = environment.PEERDEX_PASSPHRASE;
  if (said) return said;
  if (!process.stdin.isTTY) return (await text(process.stdin)).replace(/\r?\n$/, '') || undefined;
  const first = await ask(
    twice ? 'Passphrase for the backup (empty: not encrypted)' : 'Passphrase of the backup',
  );
  if (!twice || first === '') return first || undefined;
  if ((await ask('The same passphrase again')) === first) return first;
  throw new PeerdexError('usage', 'the two passphrases differ');
}

async function ask(message: string): Promise<string> {
  const { isCancel, password } = await import('@clack/prompts');
  const answer = await whileAsked((signal) => password({ message, output: process.stderr, signal }));
  if (isCancel(answer)) throw new PeerdexError('interrupted', 'no passphrase was given');
  return answer ?? '';
}
