import type { Command } from 'commander';
import { PeerdexError } from '../../core/errors.ts';
import { EXIT_DONE, EXIT_INTERRUPTED } from '../exit-codes.ts';
import { aborted, catchInterrupts } from '../interrupts.ts';
import type { Invocation } from '../invocation.ts';
import { fetchFiles } from '../menu/fetch.ts';
import { createLineReader } from '../menu/line-reader.ts';
import { register } from '../menu/register.ts';
import { MenuSession } from '../menu/session.ts';
import { examples } from '../output/help.ts';
import { errorLines } from '../output/print-error.ts';
import * as find from './find.ts';
import { statusLines } from './status.ts';

export function define(command: Command): void {
  examples(command, [['menu'], ['menu < answers.txt', 'the same by a script, one answer a line']]);
}

const CHOICES = [
  '1  register with the registry',
  '2  request peer list and files',
  '3  leave the network',
  '4  status',
  '5  find files',
  '0  quit',
];

export async function run(invocation: Invocation): Promise<number> {
  if (invocation.output.json) throw new PeerdexError('usage', 'the menu is for people: it has no --json');
  using lines = createLineReader();
  await using session = new MenuSession(invocation, lines);
  for (;;) {
    session.say();
    for (const choice of CHOICES) session.say(choice);
    using interrupts = catchInterrupts();
    const answer = await Promise.race([lines.ask('Your choice: '), aborted(interrupts.signal)]);
    if (interrupts.signal.aborted) return EXIT_INTERRUPTED;
    interrupts[Symbol.dispose]();
    if (answer === undefined || answer === '0') return EXIT_DONE;
    await attempt(session, answer);
  }
}

/** What fails is said, and the menu goes on. */
async function attempt(session: MenuSession, choice: string): Promise<void> {
  const action = ACTIONS[choice];
  if (!action) return session.say(`there is no ${JSON.stringify(choice)}: type one of the numbers`);
  try {
    await action(session);
  } catch (error) {
    for (const line of errorLines(error, false)) session.say(line);
  }
}

const ACTIONS: Readonly<Record<string, (session: MenuSession) => Promise<void>>> = {
  '1': register,
  '2': fetchFiles,
  '3': async (session) => {
    await (await session.client()).leave();
    session.say('left the network; key, folders and link stay, 1 registers again');
  },
  '4': async (session) => {
    const status = await (await session.client()).status();
    for (const line of statusLines(status, session.invocation.output.width)) session.say(line);
  },
  '5': async (session) => {
    const words = await session.lines.ask('Words of the name: ');
    if (words) await find.run({ ...session.invocation, args: [words], flags: session.invocation.flags });
  },
};
