import type { Command } from 'commander';
import { rememberedLink } from '../../app/remembered-link.ts';
import { mustBePeer, resetIdentity } from '../../app/reset-identity.ts';
import { PeerdexError } from '../../core/errors.ts';
import { peerFolder } from '../data-folders.ts';
import type { Invocation } from '../invocation.ts';
import { escapeText } from '../output/escape.ts';
import { examples } from '../output/help.ts';
import { whileAsked } from '../output/while-asked.ts';

export function define(command: Command): void {
  command.option('--yes', 'do not ask');
  examples(command, [
    ['reset-identity', 'after a data folder was copied, in one of the two, its daemon stopped'],
    ['reset-identity --yes --data /srv/peer'],
  ]);
}

export async function run(invocation: Invocation): Promise<undefined> {
  const { output, flags } = invocation;
  const data = peerFolder(invocation);
  mustBePeer(data);
  if (flags.yes !== true) await confirm(data);
  const answer = resetIdentity(data, new Date());
  const isLinked = rememberedLink(data) !== undefined;
  output.answer({ ...answer, data, linked: isLinked });
  output.say(`the peer in ${escapeText(data)} is ${answer.id} from now on; it was ${answer.former}`);
  output.say(`shares, downloads and hashes stay; the former key is kept in ${escapeText(answer.kept)}`);
  output.note(
    isLinked
      ? 'the join link stays too, and must still be open to admit the new id; if it is not, `peerdex join` takes a new one'
      : '`peerdex join` takes a join link',
  );
}

async function confirm(data: string): Promise<void> {
  if (!process.stdin.isTTY) {
    throw new PeerdexError(
      'usage',
      'nobody is there to be asked whether this peer is to become another one',
      {
        hint: 'say --yes',
      },
    );
  }
  const { confirm: ask, isCancel } = await import('@clack/prompts');
  const message = `Give the peer in ${escapeText(data)} a new id? Others see a new peer; links that it made end.`;
  const output = process.stderr;
  const answer = await whileAsked((signal) => ask({ message, initialValue: false, output, signal }));
  if (isCancel(answer) || !answer) throw new PeerdexError('interrupted', 'the identity stays as it is');
}
