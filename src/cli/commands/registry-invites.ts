import type { Command } from 'commander';
import type { InviteRow } from '../../protocol/http/registry-local/operations.ts';
import type { Invocation } from '../invocation.ts';
import { examples } from '../output/help.ts';
import { humanTime } from '../output/human.ts';
import { type Column, table } from '../output/table.ts';
import { openCare } from '../registry-care.ts';

export function define(command: Command): void {
  examples(command, [['registry invites', 'those that hold and those that ended in the last 30 days']]);
}

const COLUMNS: readonly Column[] = [
  { title: 'ID' },
  { title: 'ROLE' },
  { title: 'STATE' },
  { title: 'USED', align: 'right' },
  { title: 'MADE', spare: 2 },
  { title: 'ENDS', spare: 1 },
  { title: 'ADMITTED', shrinks: true },
];

export async function run(invocation: Invocation): Promise<undefined> {
  const { output } = invocation;
  using care = await openCare(invocation);
  const answer = await care.invites();
  output.answer(answer);
  if (answer.invites.length === 0) return void output.note('no join link was made yet');
  const rows = answer.invites.map((invite) => [
    invite.id,
    invite.role,
    `${invite.state}${invite.standing ? ", the registry's own" : ''}`,
    usedText(invite),
    humanTime(invite.created),
    humanTime(invite.expires),
    invite.admitted.map(({ name }) => name).join(', '),
  ]);
  for (const line of table(COLUMNS, rows, output.width)) output.say(line);
}

const usedText = ({ used, uses }: InviteRow): string => (uses === null ? String(used) : `${used} of ${uses}`);
