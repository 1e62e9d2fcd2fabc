import { fork } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import type { DownloadChannels } from '../../src/network/swarm/download-channels.ts';
import { SwarmPeer } from '../../test/harness/swarm-peer.ts';
import { describeMachine } from '../machine.ts';
import { median } from '../numbers.ts';
import { type Ends, GREETING, KINDS, type Kind, openEnds } from './ends.ts';

/**
 * `npm run bench:sockets [-- --rounds N] [--mib N] [--seconds N]`: what a connection costs before any file is involved. Bytes from process
 * to process over loopback, and connections a second, bare ones of Node beside those of peerdex, in turn.
 */
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    mib: { type: 'string', default: '2048' },
    seconds: { type: 'string', default: '2' },
  },
});
const rounds = Number(values.rounds);
const bytes = Number(values.mib) * 2 ** 20;
const milliseconds = Number(values.seconds) * 1000;
if (!(rounds > 0 && bytes > 0 && milliseconds > 0)) {
  process.stderr.write('--rounds, --mib and --seconds want numbers above 0\n');
  process.exit(2);
}
/** Connections that are made at the same time. */
const TOGETHER = 8;

const rates = new Map<Kind, number[]>(KINDS.map((kind) => [kind, []]));
const dials = new Map<Kind, number[]>(KINDS.map((kind) => [kind, []]));
const hellos: number[] = [];
for (let round = 0; round <= rounds; round += 1) {
  for (const kind of KINDS) {
    process.stderr.write(`\r${round} of ${rounds}: ${kind.padEnd(20)}`);
    const ends = await openEnds(kind);
    const rate = await withSender(kind, bytes, (port) => receive(ends, port));
    const dialled = await withSender(kind, 1, (port) => dialFor(ends, port));
    if (round === 0) continue; // warms the page cache and the compile cache
    rates.get(kind)!.push(rate);
    dials.get(kind)!.push(dialled);
  }
  const proved = await helloFor();
  if (round > 0) hellos.push(proved);
}
process.stderr.write('\n');
report();

async function withSender<T>(kind: Kind, size: number, work: (port: number) => Promise<T>): Promise<T> {
  const child = fork(new URL('./sender.ts', import.meta.url), [kind, String(size)]);
  try {
    const [port] = (await once(child, 'message')) as [number];
    return await work(port);
  } finally {
    child.kill();
    await once(child, 'exit');
  }
}

/** GB/s (10^9). */
async function receive(ends: Ends, port: number): Promise<number> {
  let got = 0;
  const socket = await ends.dial({ host: '127.0.0.1', port }, (read) => {
    got += read;
  });
  const started = performance.now();
  const closed = once(socket, 'close');
  socket.write(GREETING);
  await closed;
  if (got !== bytes) throw new Error(`${got} of ${bytes} bytes came`);
  return bytes / 1e6 / (performance.now() - started);
}

/** Connections a second, from the dial to the first byte of an answer. */
async function dialFor(ends: Ends, port: number): Promise<number> {
  return perSecond(async () => {
    const answered = Promise.withResolvers<void>();
    const socket = await ends.dial({ host: '127.0.0.1', port }, () => answered.resolve());
    socket.write(GREETING);
    await answered.promise;
    socket.destroy();
  });
}

/** Swarm connections a second whose two ends, both in this process, have proved their membership to each other. */
async function helloFor(): Promise<number> {
  await using asked = await SwarmPeer.startWithTls();
  await using asks = await SwarmPeer.startWithTls();
  return await perSecond(async () => {
    const signal = AbortSignal.timeout(10_000);
    const link = (await asks.swarm.link(asked.id, [asked.address], signal)) as DownloadChannels;
    const closed = Promise.withResolvers<void>();
    link.onClosed(() => closed.resolve());
    link.disconnect();
    await closed.promise;
  }, 1);
}

async function perSecond(once: () => Promise<void>, together = TOGETHER): Promise<number> {
  let count = 0;
  const started = performance.now();
  const until = started + milliseconds;
  const lane = async () => {
    while (performance.now() < until) {
      await once();
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: together }, lane));
  return count / ((performance.now() - started) / 1000);
}

function report(): void {
  const { cpu, cores, kernel, node, date } = describeMachine(tmpdir());
  const tcp = median(rates.get('node-tcp')!);
  const lines = KINDS.map((kind) => {
    const rate = median(rates.get(kind)!);
    const from = Math.min(...rates.get(kind)!).toFixed(2);
    const to = Math.max(...rates.get(kind)!).toFixed(2);
    const dialled = median(dials.get(kind)!).toFixed(0);
    return `| ${kind} | ${rate.toFixed(2)} | ${from} - ${to} | ${(rate / tcp).toFixed(2)} | ${dialled} |`;
  });
  process.stdout.write(
    [
      `${date}: ${cpu}, ${cores} cores, ${kernel}, Node ${node}. Medians of ${rounds} rounds, all in turn; ${bytes / 2 ** 20} MiB each.`,
      '',
      '| | GB/s | from - to | to node-tcp | connections a second |',
      '| --- | ---: | ---: | ---: | ---: |',
      ...lines,
      `| peerdex-tls, both memberships proved, both ends in one process | | | | ${median(hellos).toFixed(0)} |`,
      '',
    ].join('\n'),
  );
}
