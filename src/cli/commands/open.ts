import { spawn } from 'node:child_process';
import type { Command } from 'commander';
import { openDaemon } from '../daemon.ts';
import type { Invocation } from '../invocation.ts';
import { examples } from '../output/help.ts';

export function define(command: Command): void {
  command
    .description('open the dashboard of the running peer in a browser, signed in')
    .option('--print', 'print the link instead: it signs one browser in, once, within 10 minutes');
  examples(command, [['open'], ['open --print', 'a link to paste into a browser']]);
}

export async function run(invocation: Invocation): Promise<undefined> {
  const { output, flags } = invocation;
  const answer = await (await openDaemon(invocation)).dashboardLink();
  output.answer(answer);
  if (output.json) return;
  const shown = flags.print !== true && (await openBrowser(answer.url));
  if (shown) output.say('the dashboard opens in your browser');
  else output.say(answer.url);
  if (!shown && flags.print !== true)
    output.note('no browser could be opened here: open this link in one yourself');
}

/** False where there is nothing to open it with. */
function openBrowser(url: string): Promise<boolean> {
  const way = opener();
  if (!way) return Promise.resolve(false);
  const child = spawn(way[0]!, [...way.slice(1), url], { stdio: 'ignore', detached: true });
  child.unref();
  return new Promise((resolve) => {
    child.once('error', () => resolve(false));
    child.once('spawn', () => resolve(true));
  });
}

function opener(): readonly string[] | undefined {
  if (process.platform === 'darwin') return ['open'];
  if (process.platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler'];
  const { DISPLAY, WAYLAND_DISPLAY, SSH_CONNECTION } = process.env;
  return (DISPLAY || WAYLAND_DISPLAY) && !SSH_CONNECTION ? ['xdg-open'] : undefined;
}
