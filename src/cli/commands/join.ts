import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { refuseOtherKind } from '../../app/data-folder-kind.ts';
import { rememberLink } from '../../app/remembered-link.ts';
import { formatAddress } from '../../core/address.ts';
import { PeerdexError } from '../../core/errors.ts';
import { parseJoinLink } from '../../core/join-link.ts';
import { tryDaemon } from '../daemon.ts';
import { peerFolder } from '../data-folders.ts';
import type { Invocation } from '../invocation.ts';
import { escapeText } from '../output/escape.ts';
import { examples } from '../output/help.ts';

const JOIN_TIMEOUT_MS = 20_000;

export function define(command: Command): void {
  command.argument('[link]', 'the join link; read from standard input when it is not here');
  examples(command, [
    ["join 'peerdex://192.168.1.5:23475/…'"],
    ['join < link.txt', 'keeps the link out of the process list'],
  ]);
}

export async function run(invocation: Invocation): Promise<undefined> {
  const { output } = invocation;
  const link = (invocation.args[0] ?? (await readLink())).trim();
  const { addresses, network, secret } = parseJoinLink(link);
  const data = peerFolder(invocation);
  const daemon = await tryDaemon(data, output);
  if (daemon) {
    const answer = await daemon.client.join({ body: { link } }, { timeoutMs: JOIN_TIMEOUT_MS });
    output.answer(answer);
    const { registry, registered } = answer;
    output.say(
      `joined network ${answer.network}${registered ? ` and registered with ${escapeText(formatAddress(registry))}` : ''}`,
    );
    return;
  }
  refuseOtherKind(data, 'peer');
  rememberLink(data, link);
  output.answer({ network, registry: addresses[0], registered: false });
  output.say(`the link to network ${network} is remembered; \`peerdex up\` joins`);
  if (secret === undefined) {
    output.note(
      'warning: this link has no secret, so it lets in only who is a member already; a shell cuts a link that is not quoted at its first &',
    );
  }
}

async function readLink(): Promise<string> {
  if (process.stdin.isTTY) process.stderr.write('join link: ');
  const line = process.stdin.isTTY ? await firstLine() : await text(process.stdin);
  if (line.trim() !== '') return line;
  throw new PeerdexError('usage', 'no join link, neither as argument nor on standard input', {
    hint: 'the registry prints the link when it starts',
  });
}

async function firstLine(): Promise<string> {
  const { createInterface } = await import('node:readline/promises');
  for await (const line of createInterface({ input: process.stdin })) return line;
  return '';
}
