import { parseArgs } from 'node:util';
import { inOrder, rarestFirst, type SwarmPolicy } from '../src/transfer/swarm/policies.ts';
import { fluidBound, fluidFinishes } from '../test/sim/fluid-bound.ts';
import { type MemberOptions, megabits, SimSwarm, type SwarmOptions } from '../test/sim/sim-swarm.ts';

/**
 * `npm run simulate -- --scenario equal --peers 8 --runs 10`: the real choosing over simulated links, as ratios to what is
 * physically possible. Each run is determined by its seed, which is printed.
 */
const USAGE = `usage: npm run simulate -- [options]
  --scenario  equal | unequal | late | churn          (equal)
  --peers     fetchers beside the one seed            (8)
  --size      MiB                                     (128)
  --up        Mbit/s of every peer                    (100)
  --down      Mbit/s of every peer                    (400)
  --seed-up   Mbit/s of the seed                      (as --up)
  --policy    rarest | rarest-plain | in-order        (rarest)
              rarest-plain: whole holders are not told what others give
  --no-instead  a seed gives exactly what it is asked for
  --latency   one way, in ms, from-to                 (1-10)
  --kernel    KiB that a sender's kernel takes ahead  (256)
  --frame     KiB of a data frame                     (64)
  --seed      of the first run                        (1)
  --runs      with seeds counted up                   (3)
`;

const { values } = parseArgs({
  options: {
    scenario: { type: 'string', default: 'equal' },
    peers: { type: 'string', default: '8' },
    size: { type: 'string', default: '128' },
    up: { type: 'string', default: '100' },
    down: { type: 'string', default: '400' },
    'seed-up': { type: 'string' },
    policy: { type: 'string', default: 'rarest' },
    'no-instead': { type: 'boolean', default: false },
    latency: { type: 'string', default: '1-10' },
    kernel: { type: 'string', default: '256' },
    frame: { type: 'string', default: '64' },
    seed: { type: 'string', default: '1' },
    runs: { type: 'string', default: '3' },
    help: { type: 'boolean', default: false },
  },
});

interface Outcome {
  readonly isDone: boolean;
  /** Of the last, or the worst, to the bound. */
  readonly ratio: number;
  /** Of the seed, over the size of the content. */
  readonly seedUpload: number;
  readonly note: string;
}

const POLICIES: Record<string, (leaves: number) => SwarmPolicy> = {
  rarest: () => rarestFirst,
  'rarest-plain': () => rarestFirst,
  'in-order': inOrder,
};

const peers = Number(values.peers);
const size = Number(values.size) * 2 ** 20;
const down = Number(values.down);
const seedUp = Number(values['seed-up'] ?? (values.scenario === 'unequal' ? 50 : values.up));
const [least = 1, most = least] = values.latency.split('-').map(Number);

if (values.help || !POLICIES[values.policy]) say(USAGE);
else simulate();

function simulate(): void {
  const outcomes: Outcome[] = [];
  const first = Number(values.seed);
  for (let seed = first; seed < first + Number(values.runs); seed += 1) {
    const started = performance.now();
    const outcome = runOnce(seed);
    outcomes.push(outcome);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const how = outcome.isDone ? '' : 'NOT DONE ';
    say(
      `seed ${seed}: ${how}${outcome.ratio.toFixed(3)} of the bound, the seed sent ${outcome.seedUpload.toFixed(3)} of the file${outcome.note}; took ${seconds} s\n`,
    );
  }
  const ratios = outcomes.map(({ ratio }) => ratio).sort((a, b) => a - b);
  const uploads = outcomes.map(({ seedUpload }) => seedUpload);
  say(`${values.scenario} ${peers} ${values.policy}: median ${ratios[ratios.length >> 1]!.toFixed(3)}, `);
  say(`worst ${ratios.at(-1)!.toFixed(3)}, seed's upload at most ${Math.max(...uploads).toFixed(3)}\n`);
}

function runOnce(seed: number): Outcome {
  if (values.scenario === 'churn') return churn(seed);
  const swarm = new SimSwarm(options(seed));
  const members = membersOf(seed);
  swarm.add('seed', { up: seedUp, down, has: 'whole' });
  for (const [i, member] of members.entries()) swarm.add(`peer ${i}`, member);
  const lastJoin = Math.max(...members.map(({ joinsAt = 0 }) => joinsAt));
  swarm.run(lastJoin + 1, () => swarm.peers.length > members.length);
  const isDone = swarm.run();
  const fluid = members.map((member) => ({
    up: megabits(member.up),
    down: megabits(member.down),
    joinsAt: member.joinsAt ?? 0,
  }));
  const took = members.map(
    (member, i) => (swarm.peer(`peer ${i}`).finishedAt ?? Infinity) - (member.joinsAt ?? 0),
  );
  const seedUpload = swarm.peer('seed').uploaded / size;
  const wasted = swarm.peers.reduce((sum, peer) => sum + peer.wasted, 0) / (peers * size);
  const note = `, ${(100 * wasted).toFixed(1)} % came twice`;
  if (values.scenario !== 'late') {
    return { isDone, ratio: Math.max(...took) / fluidBound(size, megabits(seedUp), fluid), seedUpload, note };
  }
  const bounds = fluidFinishes(size, megabits(seedUp), fluid);
  return { isDone, ratio: Math.max(...took.map((ms, i) => ms / bounds[i]!)), seedUpload, note };
}

/** Two are killed at half way, and the seed when the living hold every leaf: as a ratio to the time of all without churn. */
function churn(seed: number): Outcome {
  const calm = new SimSwarm(options(seed));
  const wild = new SimSwarm(options(seed));
  for (const swarm of [calm, wild]) {
    swarm.add('seed', { up: seedUp, down, has: 'whole' });
    for (const [i, member] of membersOf(seed).entries()) swarm.add(`peer ${i}`, member);
  }
  calm.run();
  const half = () =>
    wild.peers.slice(1).reduce((sum, { requester }) => sum + requester.have.count, 0) >=
    (peers * size) / 2 ** 19;
  wild.run(600_000, half);
  wild.peer('peer 0').die();
  wild.peer('peer 1').die();
  const copies = new Set<number>();
  const note = (leaf: number) => copies.add(leaf);
  for (const peer of wild.living)
    if (peer.name !== 'seed') for (const leaf of peer.requester.have) note(leaf);
  wild.onLeaf((_peer, leaf) => note(leaf));
  wild.run(600_000, () => copies.size === size / 2 ** 18);
  const sent = wild.peer('seed').uploaded / size;
  wild.peer('seed').die();
  const isDone = wild.run();
  const last = (swarm: SimSwarm) => Math.max(...swarm.living.map(({ finishedAt }) => finishedAt ?? Infinity));
  return {
    isDone,
    ratio: last(wild) / last(calm),
    seedUpload: sent,
    note: ' when it died; ratio is to the time without churn',
  };
}

function membersOf(seed: number): MemberOptions[] {
  return Array.from({ length: peers }, (_, i) => {
    if (values.scenario === 'unequal') return { up: i % 2 === 0 ? 20 : 100, down };
    const up = Number(values.up);
    const span = size / megabits(up);
    const joinsAt =
      values.scenario === 'late' && i > 0 ? ((i * 7919 + seed * 104_729) % 1000) * (span / 1000) : 0;
    return { up, down, joinsAt };
  });
}

function options(seed: number): SwarmOptions {
  return {
    seed,
    size,
    policy: POLICIES[values.policy]!,
    claims: values.policy !== 'rarest-plain',
    takesOthers: !values['no-instead'],
    network: {
      leastLatency: least,
      mostLatency: most,
      kernelBytes: Number(values.kernel) * 1024,
      frameBytes: Number(values.frame) * 1024,
    },
  };
}

function say(text: string): void {
  process.stdout.write(text);
}
