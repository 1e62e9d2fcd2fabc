import type { Command } from 'commander';
import { type RememberedPeer, readRegistryDirectory } from '../../app/registry-directory.ts';
import { formatAddress } from '../../core/address.ts';
import { registryFolder } from '../data-folders.ts';
import type { Invocation } from '../invocation.ts';
import { examples } from '../output/help.ts';
import { humanSize, humanTime } from '../output/human.ts';
import { type Column, table } from '../output/table.ts';
import { memberClient } from '../registry-care.ts';

export function define(command: Command): void {
  examples(command, [['registry peers', 'active and absent ones, from the data folder of the registry']]);
}

const COLUMNS: readonly Column[] = [
  { title: 'NAME', shrinks: true },
  { title: 'STATE' },
  { title: 'ADDRESS', shrinks: true },
  { title: 'FILES', align: 'right' },
  { title: 'SIZE', align: 'right', spare: 2 },
  { title: 'FIRST', spare: 3 },
  { title: 'LAST', spare: 1 },
  { title: 'TIMES', align: 'right', spare: 4 },
  { title: 'ID', beginning: 8 },
];

export async function run(invocation: Invocation): Promise<undefined> {
  const { output } = invocation;
  const peers = await remembered(invocation);
  output.answer({ peers });
  if (peers.length === 0) return void output.note('no peer has registered yet');
  const rows = peers.map((peer) => [
    peer.name,
    peer.active ? 'active' : 'absent',
    peer.addresses.map(formatAddress).join(', '),
    String(peer.files),
    humanSize(peer.bytes),
    humanTime(peer.firstRegistered),
    humanTime(peer.lastRegistered),
    String(peer.registrations),
    peer.id,
  ]);
  for (const line of table(COLUMNS, rows, output.width)) output.say(line);
}

/** From the registry's data folder, or, where that is a peer's, from the registry in that peer's name. */
async function remembered(invocation: Invocation): Promise<readonly RememberedRow[]> {
  const member = await memberClient(invocation);
  if (!member) return readRegistryDirectory(registryFolder(invocation), Date.now()).map(document);
  const { peers } = await member.networkPeers();
  return peers.map(({ role: _role, head, ...peer }) => ({ ...peer, head: head ?? null }));
}

type RememberedRow = ReturnType<typeof document>;

/** As the registry's own API lists it, without what only registries need. */
function document(peer: RememberedPeer) {
  const iso = (time: number) => new Date(time).toISOString();
  return {
    id: peer.id,
    name: peer.name,
    addresses: peer.addresses,
    active: peer.active,
    firstRegistered: iso(peer.firstRegistered),
    lastRegistered: iso(peer.lastRegistered),
    lastSeen: iso(peer.lastSeen),
    leaseEnds: iso(peer.leaseEnds),
    registrations: peer.registrations,
    head: peer.head ?? null,
    files: peer.files,
    bytes: peer.bytes,
  };
}
