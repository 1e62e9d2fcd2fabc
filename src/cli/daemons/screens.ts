import type { RunningPeer, RunningRegistry } from '../../app/config.ts';
import { type Address, formatAddress } from '../../core/address.ts';
import { formatJoinLink, type JoinLink, type NetworkMode } from '../../core/join-link.ts';
import { shareText } from '../commands/status.ts';
import { findDaemon, type LocalClient } from '../daemon.ts';
import { escapeText } from '../output/escape.ts';
import { fact } from '../output/facts.ts';
import type { Output } from '../output/output.ts';

export const PLAINTEXT_NOTE =
  'This is a plaintext network: nothing on the wire is encrypted, so use it where you trust the wire.';

/** The ready line of a registry, or its screen. */
export function showRegistry(output: Output, { id, join, url }: RunningRegistry): void {
  output.answer({ event: 'ready', join, url, id });
  output.say(output.style('bold', 'registry'));
  output.say(fact('network', id));
  output.say(fact('address', url));
  output.say(fact('join link', join));
}

/** The ready line of a peer. `listen` is the address first offered, `HOST:PORT`. */
export function peerReadyLine({ ready }: RunningPeer): object {
  const { id, name, registered } = ready;
  const dashboard = ready.dashboard ?? null;
  return { event: 'ready', id, name, listen: firstAddress(ready.listen), dashboard, registered };
}

/** The ready line of a peer, or its screen: what it shares, where it is, how others join. Gives its network's mode back, null where nobody reads the screen or there is no network. */
export async function showPeer(
  output: Output,
  peer: RunningPeer,
  data: string,
  join: JoinLink | undefined,
): Promise<NetworkMode | null> {
  output.answer(peerReadyLine(peer));
  if (output.json) return null;
  const { client } = await findDaemon(data);
  const { shares, network } = await client.status();
  output.say(output.style('bold', 'peer'));
  output.say(fact('name', `${escapeText(peer.ready.name)}  ${peer.ready.id}`));
  output.say(fact('address', peer.ready.listen.map(formatAddress).join(', ')));
  output.say(fact('network', networkState(network.id, peer.ready.registered, network.reason)));
  shares.forEach((share, i) => {
    output.say(fact(i === 0 ? 'shares' : '', `${shareText(share)}  ${escapeText(share.path)}`));
  });
  if (join) output.say(fact('join link', formatJoinLink(join)));
  if (peer.ready.dashboard)
    output.say(fact('dashboard', await dashboardText(output, peer.ready.dashboard, client)));
  output.say(fact('data', escapeText(data)));
  return network.mode;
}

/** On a terminal a link that signs in; where the screen goes into a log, the address only. */
async function dashboardText(output: Output, url: string, client: LocalClient): Promise<string> {
  if (!output.terminal) return `${url}  (\`peerdex open\` signs in)`;
  return (await client.dashboardLink()).url;
}

function networkState(id: string | null, registered: boolean, reason: string | null): string {
  if (id === null) return 'none yet: `peerdex join LINK` joins one';
  return registered ? `${id}, registered` : `${id}, not registered${reason ? `: ${escapeText(reason)}` : ''}`;
}

const firstAddress = (addresses: readonly Address[]): string | null =>
  addresses[0] ? formatAddress(addresses[0]) : null;
