import type { Command } from 'commander';
import { PeerdexError } from '../../core/errors.ts';
import { isRole, ROLES, type Role } from '../../core/trust/role.ts';
import type { Invocation } from '../invocation.ts';
import { readFlag } from '../operands.ts';
import { examples } from '../output/help.ts';
import { humanCount, humanTime } from '../output/human.ts';
import { openCare } from '../registry-care.ts';
import { parseSeconds } from '../units.ts';

const MOST_SECONDS = 3650 * 86400;

export function define(command: Command): void {
  command
    .option('--role <role>', `what newcomers may do: ${ROLES.join(', ')} (default publish)`)
    .option('--expires <time>', 'how long the link holds, for example 2h or 7d (default 24h)')
    .option('--uses <number>', 'how many peers it admits (default: any number)');
  examples(command, [
    ['registry invite', 'prints a link that holds for a day'],
    ['registry invite --role fetch --expires 7d --uses 1', 'for one machine that only fetches'],
    ['registry invite > link.txt', 'nothing but the link goes to standard output'],
  ]);
}

export async function run(invocation: Invocation): Promise<undefined> {
  const { output, flags } = invocation;
  const body = {
    ...(flags.role === undefined ? {} : { role: readRole(String(flags.role)) }),
    ...(flags.expires === undefined ? {} : { seconds: readExpires(String(flags.expires)) }),
    ...(flags.uses === undefined ? {} : { uses: readUses(String(flags.uses)) }),
  };
  using care = await openCare(invocation);
  const invite = await care.invite(body);
  output.answer(invite);
  output.say(invite.link);
  const admits = invite.uses === null ? 'any number of peers' : humanCount(invite.uses, 'peer');
  output.note(`admits ${admits} with role ${invite.role} until ${humanTime(invite.expires)}`);
  output.note('whoever has this link can join: pass it on as you would a password');
}

function readRole(text: string): Role {
  if (isRole(text)) return text;
  throw new PeerdexError(
    'usage',
    `--role: ${JSON.stringify(text.slice(0, 80))} is none of ${ROLES.join(', ')}`,
  );
}

function readExpires(text: string): number {
  const seconds = readFlag('--expires', text, (time) => parseSeconds(time));
  if (seconds > 0 && seconds <= MOST_SECONDS) return seconds;
  throw new PeerdexError('usage', '--expires: a link holds for more than no time and for at most 10 years');
}

function readUses(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new PeerdexError('usage', `--uses: not a number of peers: ${JSON.stringify(text.slice(0, 80))}`);
}
