import type { LocalClient } from '../daemon.ts';
import { fetchOnce } from '../get/fetch-all.ts';
import { escapeText } from '../output/escape.ts';
import { humanBitRate, humanCount, humanSeconds, humanSize } from '../output/human.ts';
import { table } from '../output/table.ts';
import { listFiles } from './list-files.ts';
import type { MenuSession } from './session.ts';

const MOST_FILES = 25;

/** Input 2: shows active peers and their files, asks for names, fetches what this peer lacks, says how long it took. */
export async function fetchFiles(session: MenuSession): Promise<void> {
  const client = await session.client();
  await showPeers(session, client);
  const answer = await session.lines.ask('File names, separated by commas (empty: back): ');
  const names = [...new Set((answer ?? '').split(',').map((name) => name.trim()))].filter(Boolean);
  const wanted: string[] = [];
  for (const name of names) {
    if (await hasAlready(client, name)) session.say(`${escapeText(name)}: this peer has it, skipped`);
    else wanted.push(name);
  }
  if (wanted.length === 0) return;
  const { done, seconds } = await fetchOnce(session.invocation.output, client, { what: wanted });
  const { files, bytes } = done;
  session.say(
    `total time taken: ${humanSeconds(seconds)} for ${humanCount(files, 'file')}, ${humanSize(bytes)}`,
  );
  const bitsPerSecond = Math.round((bytes * 8) / Math.max(seconds, 0.001));
  session.say(
    `throughput: ${bitsPerSecond} bits per second (${humanBitRate(bytes / Math.max(seconds, 0.001))})`,
  );
}

async function showPeers(session: MenuSession, client: LocalClient): Promise<void> {
  const { peers } = await client.peers();
  session.say(`${humanCount(peers.length, 'active peer')}:`);
  for (const peer of peers) {
    session.say();
    const self = peer.self ? ' (this one)' : '';
    session.say(
      `${escapeText(peer.name)}${self} at ${escapeText(peer.address)}, ${humanCount(peer.files, 'file')}`,
    );
    const files = await listFiles(client, peer.id, MOST_FILES);
    const rows = files.map(({ path, size }) => [path, humanSize(size)]);
    const columns = [
      { title: 'file', shrinks: true },
      { title: 'size', align: 'right' as const },
    ];
    const { width } = session.invocation.output;
    for (const line of table(columns, rows, width === undefined ? undefined : width - 2).slice(1))
      session.say(`  ${line}`);
    if (peer.files > files.length) session.say(`  and ${humanCount(peer.files - files.length, 'more file')}`);
  }
  session.say();
}

/** Whether a file of this peer's own has the name, or a path that ends in it. */
async function hasAlready(client: LocalClient, name: string): Promise<boolean> {
  const { results } = await client.find({ query: { words: name, limit: 1000 } });
  const isIt = (path: string) => path === name || path.endsWith(`/${name}`);
  return results.some(({ holders }) => holders.some(({ self, path }) => self && isIt(path)));
}
