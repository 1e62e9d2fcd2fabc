import type { Command } from 'commander';
import { openDaemon } from '../daemon.ts';
import type { Invocation } from '../invocation.ts';
import { readFlag } from '../operands.ts';
import { examples } from '../output/help.ts';
import { humanBitRate, humanRate } from '../output/human.ts';
import { parseRate } from '../units.ts';

export function define(command: Command): void {
  command
    .description('set or show rate limits; what is set holds until the daemon stops')
    .option('--up <rate>', 'for what others fetch here: 20MB/s, 100Mbit/s or unlimited')
    .option('--down <rate>', 'for what is fetched from others');
  examples(command, [['limit --up 2MB/s --down unlimited'], ['limit', 'says which limits hold']]);
}

export async function run(invocation: Invocation): Promise<undefined> {
  const { output, flags } = invocation;
  const body = { ...rate('up', flags.up), ...rate('down', flags.down) };
  const answer = await (await openDaemon(invocation)).limit({ body });
  output.answer(answer);
  output.say(`up    ${limitText(answer.up)}`);
  output.say(`down  ${limitText(answer.down)}`);
  if (Object.keys(body).length > 0) {
    output.note(
      'this holds until this daemon stops, whatever a schedule says; --up-limit and --down-limit of `peerdex up` set what it starts with',
    );
  }
}

function rate(key: 'up' | 'down', text: unknown): Partial<Record<'up' | 'down', number | null>> {
  return text === undefined ? {} : { [key]: readFlag(`--${key}`, String(text), parseRate) };
}

const limitText = (limit: number | null): string =>
  limit === null ? 'unlimited' : `${humanRate(limit)} (${humanBitRate(limit)})`;
