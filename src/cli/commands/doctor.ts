import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { DEFAULT_PEER_PORT, DEFAULT_REGISTRY_PORT } from '../../app/config.ts';
import { type DoctorOptions, examine } from '../../app/doctor/doctor.ts';
import type { Finding } from '../../app/doctor/finding.ts';
import { rememberedLink } from '../../app/remembered-link.ts';
import { parseAddress } from '../../core/address.ts';
import { parseJoinLink } from '../../core/join-link.ts';
import { tryDaemon } from '../daemon.ts';
import { peerDefaults } from '../daemons/peer-settings.ts';
import { type DaemonKind, peerFolder } from '../data-folders.ts';
import { EXIT_DONE, EXIT_FAILED } from '../exit-codes.ts';
import { type Invocation, sourcesOf } from '../invocation.ts';
import { escapeText } from '../output/escape.ts';
import { examples } from '../output/help.ts';
import type { Output } from '../output/output.ts';
import { wrap } from '../output/width.ts';
import { reachLocalApi } from '../reach-daemon.ts';
import { readSettings } from '../settings.ts';

export function define(command: Command): void {
  command
    .option('--listen <[host]:port>', 'where the daemon is to listen, where none runs')
    .option('--downloads <dir>', 'where `get` puts files')
    .option('--join <link>', 'the network to look at in place of the one remembered');
  examples(command, [
    ['doctor', 'what is wrong, and what to do about it'],
    ['doctor --data /var/lib/peerdex/registry', 'of a registry'],
  ]);
}

/** Exit code 0 where nothing failed; warnings are not failures. */
export async function run(invocation: Invocation): Promise<number> {
  const { output } = invocation;
  const findings = await examine(await optionsOf(invocation));
  const failed = findings.some(({ status }) => status === 'fail');
  output.answer({
    ok: !failed,
    findings: findings.map((finding) => ({ ...finding, todo: finding.todo ?? null })),
  });
  for (const finding of findings) sayFinding(output, finding);
  if (!failed)
    output.say(findings.every(({ status }) => status === 'ok') ? 'All is well.' : 'Nothing failed.');
  return failed ? EXIT_FAILED : EXIT_DONE;
}

const MARKS = { ok: ['ok  ', 'green'], warn: ['warn', 'yellow'], fail: ['FAIL', 'red'] } as const;

function sayFinding(output: Output, { check, status, text, todo }: Finding): void {
  const [mark, style] = MARKS[status];
  const lines = [...fitted(text, output), ...(todo === undefined ? [] : fitted(`→ ${todo}`, output))];
  lines.forEach((line, i) => {
    output.say(
      `${i === 0 ? output.style(style, mark) : ' '.repeat(4)}  ${(i === 0 ? check : '').padEnd(10)}  ${line}`,
    );
  });
}

/** Beside mark and name of the check. */
function fitted(text: string, { width }: Output): string[] {
  const safe = escapeText(text);
  return width === undefined ? [safe] : wrap(safe, Math.max(30, width - 18));
}

async function optionsOf(invocation: Invocation): Promise<DoctorOptions> {
  const data = peerFolder(invocation);
  const kind: DaemonKind = existsSync(path.join(data, 'registry.db')) ? 'registry' : 'peer';
  const said = readSettings(['listen', 'join', 'downloads', 'memory'], sourcesOf(invocation, data));
  const link = said.join ?? (kind === 'peer' ? rememberedLink(data) : undefined);
  const port = kind === 'peer' ? DEFAULT_PEER_PORT : DEFAULT_REGISTRY_PORT;
  return {
    data,
    kind,
    running: kind === 'peer' ? await runningPeer(data, invocation.output) : await runningRegistry(data),
    listen: said.listen ?? { host: '', port },
    link: link === undefined ? undefined : parseJoinLink(link),
    downloads: said.downloads ?? path.join(data, 'downloads'),
    memoryBytes: said.memory ?? peerDefaults().memoryBytes,
  };
}

async function runningPeer(data: string, output: Output): Promise<DoctorOptions['running']> {
  const daemon = await tryDaemon(data, output);
  if (!daemon) return undefined;
  const { peer, network } = await daemon.client.status();
  return { id: peer.id, address: parseAddress(peer.address), reason: network.reason };
}

const runningRegistry = async (data: string): Promise<DoctorOptions['running']> =>
  (await reachLocalApi(data, 'registry')) ? {} : undefined;
