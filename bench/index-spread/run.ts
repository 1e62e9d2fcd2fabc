import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { ChangeNetwork, type ChangeOptions } from '../../test/sim/change-network.ts';
import { table } from '../table.ts';
import { type Newcomer, newcomer } from './newcomer.ts';
import { growthPlot } from './plot.ts';

/**
 * `npm run bench:spread -- --peers 10,100,1000 --plot FILE`: how the index spreads as the network grows, simulated in one process with the program's
 * own rules: what a new peer pays to know the entries of all, and what one change costs all.
 */
const { values } = parseArgs({
  options: {
    peers: { type: 'string', default: '10,30,100,300,400,1000,2000' },
    plot: { type: 'string' },
  },
});
const sizes = values.peers.split(',').map(Number);

interface Kind {
  readonly name: string;
  readonly options: Omit<ChangeOptions, 'peers'>;
  /** Changes before the one that counts: then everybody knows already whom nobody can dial. */
  readonly before?: number;
}

const KINDS: readonly Kind[] = [
  { name: 'usual', options: {} },
  { name: 'nobody can dial the owner', options: { isHidden: true } },
  { name: 'the same, its next change', options: { isHidden: true }, before: 1 },
  { name: 'no registry', options: { hasRegistry: false } },
  { name: 'neither', options: { isHidden: true, hasRegistry: false } },
];

interface Change {
  readonly peers: number;
  readonly kind: string;
  readonly half: number;
  readonly last: number;
  readonly requests: number;
  readonly bytes: number;
  readonly connections: number;
  readonly atOwner: number;
  readonly atMost: number;
}

async function changeOf(peers: number, { name: kind, options, before = 0 }: Kind): Promise<Change> {
  await using network = new ChangeNetwork({ peers, ...options });
  for (let n = 0; n < before; n += 1) await network.change();
  const { at } = await network.change();
  const { wire, owner } = network;
  return {
    ...{ peers, kind, half: at[1]! / 1000, last: at[3]! / 1000 },
    ...{ requests: wire.requests, bytes: wire.bytes, connections: wire.connections },
    ...{ atOwner: wire.answered.get(owner) ?? 0, atMost: Math.max(...wire.answered.values()) },
  };
}

const newcomers: Newcomer[] = [];
for (const peers of sizes) newcomers.push(await newcomer(peers));
say(
  table(
    ['other peers', 'entries', 's', 'requests', 'MB', 'connections', 'failed dials', 'processor s'],
    newcomers.map((one) => [
      ...[one.peers, one.entries, one.seconds.toFixed(1), one.requests, (one.bytes / 1e6).toFixed(1)].map(
        String,
      ),
      ...[one.connections, one.failedDials, one.processorSeconds.toFixed(1)].map(String),
    ]),
  ),
);

const changes: Change[] = [];
for (const kind of KINDS) for (const peers of sizes) changes.push(await changeOf(peers, kind));
say(
  `\n${table(
    [
      'one change',
      'peers',
      'half s',
      'last s',
      'requests',
      'requests a peer',
      'KB',
      'KB a peer',
      'connections a peer',
      'owner answers',
      'busiest answers',
    ],
    changes.map((one) => [
      ...[one.kind, one.peers, one.half.toFixed(1), one.last.toFixed(1), one.requests].map(String),
      ...[one.requests / one.peers, one.bytes / 1000, one.bytes / 1000 / one.peers].map(short),
      ...[short(one.connections / one.peers), String(one.atOwner), String(one.atMost)],
    ]),
  )}`,
);

if (values.plot) {
  const of = (what: (one: Change) => number) =>
    KINDS.map(({ name }) => ({
      name,
      points: changes.filter(({ kind }) => kind === name).map((one) => [one.peers, what(one)] as const),
    }));
  const ofNew = (name: string, what: (one: Newcomer) => number) => ({
    name,
    points: newcomers.map((one) => [one.peers, what(one)] as const),
  });
  const panels = [
    {
      title: 'A new peer, 1,000 entries of each other: what it pays',
      curves: [
        ofNew('MB', ({ bytes }) => bytes / 1e6),
        ofNew('requests', ({ requests }) => requests),
        ofNew('connections', ({ connections }) => connections),
        ofNew('seconds', ({ seconds }) => seconds),
      ],
    },
    { title: 'One change: seconds until the last peer knows it', curves: of(({ last }) => last) },
    {
      title: 'One change: requests a peer',
      curves: of(({ requests, peers }) => requests / peers),
    },
    {
      title: 'One change: KB a peer, with handshakes',
      curves: of(({ bytes, peers }) => bytes / 1000 / peers),
    },
    { title: 'One change: requests that the busiest peer answers', curves: of(({ atMost }) => atMost) },
  ];
  await writeFile(values.plot, growthPlot('How the index spreads as the network grows', panels));
}

/** One digit behind the point, where there is more than that none. */
function short(value: number): string {
  return value < 100 ? value.toFixed(1) : String(Math.round(value));
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
