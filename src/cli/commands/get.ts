import type { Command } from 'commander';
import { PeerdexError } from '../../core/errors.ts';
import { createTrustingClient } from '../../network/http/client.ts';
import { getCalls } from '../../protocol/http/local/get-calls.ts';
import type { GetRequest } from '../../protocol/http/local/get-events.ts';
import type { getOperations } from '../../protocol/http/local/get-operations.ts';
import { destination } from '../get/destination.ts';
import { fetchAll } from '../get/fetch-all.ts';
import type { GetClient } from '../get/follow.ts';
import type { Invocation } from '../invocation.ts';
import { nonEmpty } from '../operands.ts';
import { examples } from '../output/help.ts';
import type { Output } from '../output/output.ts';
import { noDaemon, PEER_DAEMON, reachLocalApi } from '../reach-daemon.ts';
import { saidFolder } from '../said-folder.ts';
import { endOfSilence } from '../silent-daemon.ts';

export function define(command: Command): void {
  command
    .argument(
      '<what...>',
      'a file name, the tail of a path, PEER:PATH, a folder PEER:PATH/, a pattern with * and **, a content id',
    )
    .option('-o, --output <path>', 'the file to make, or the folder to put it in (exists, or ends in /)')
    .option('--from <peer>', 'from this peer only')
    .option('--overwrite', 'replace a different file at the destination')
    .option('--join <link>', 'without a daemon: join this network for as long as it takes')
    .option('--linger <time>', 'with --join: how long to go on serving who still fetches it (default 10m)');
  examples(command, [
    ['get holiday.jpg', 'by name, from all who have it'],
    ['get seed:music/live/ -o ~/Music', 'a folder; makes ~/Music/live'],
    ["get '*.iso' -o /tmp/ --from seed", 'all that fit a pattern, from one peer'],
  ]);
}

export async function run(invocation: Invocation): Promise<number> {
  const { args, flags, cwd, output } = invocation;
  const request: GetRequest = {
    what: args.map((what) => nonEmpty(what, 'the name of a file')),
    ...(flags.output === undefined ? {} : destination(String(flags.output), cwd)),
    ...(flags.from === undefined ? {} : { from: String(flags.from) }),
    ...(flags.overwrite === true ? { overwrite: true } : {}),
  };
  const data = saidFolder(invocation) ?? (await import('../data-folders.ts')).defaultDataFolder('peer');
  // PEERDEX_JOIN is for daemons: only the flag asks for a short-lived peer.
  const link = flags.join === undefined ? undefined : String(flags.join);
  const daemon = link === undefined ? await findDaemon(data, output) : await findDaemonOf(data, link, output);
  if (daemon) return await fetchAll(output, daemon, request);
  if (link === undefined) throw noDaemon(data);
  output.note('no daemon runs: joining the network for this download');
  const { shortLivedPeer } = await import('../get/short-lived-peer.ts');
  await using peer = await shortLivedPeer(invocation, link);
  const code = await fetchAll(output, peer.client, { ...destination('./', cwd), ...request });
  if (code === 0) await peer.linger();
  return code;
}

/** With no more of its API than a `get` calls: a script that fetches file after file starts this program as often. */
async function findDaemon(data: string, output: Output): Promise<GetClient | undefined> {
  const reached = await reachLocalApi(data, 'peer');
  if (!reached) return undefined;
  const { way, token } = reached;
  const signal = endOfSilence(reached, PEER_DAEMON, output);
  return createTrustingClient<typeof getOperations>(getCalls, { ...way, token, name: PEER_DAEMON, signal });
}

/** The short-lived peer is for where nothing runs; a daemon of another network must not be asked in its place. */
async function findDaemonOf(data: string, link: string, output: Output): Promise<GetClient | undefined> {
  const { tryDaemon } = await import('../daemon.ts');
  const client = (await tryDaemon(data, output))?.client;
  if (!client) return undefined;
  // The hash library comes with it, which a plain `get` has no use for.
  const { parseJoinLink } = await import('../../core/join-link.ts');
  const wanted = parseJoinLink(link).network;
  const { id } = (await client.status()).network;
  if (id === wanted) return client;
  throw new PeerdexError('conflict', `the daemon on ${data} belongs to ${id ? 'another' : 'no'} network`, {
    hint: 'join with `peerdex join LINK`, or name an empty data folder with --data to fetch without that daemon',
  });
}
