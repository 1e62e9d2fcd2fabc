import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Target } from '../target.ts';
import type { Told } from './child.ts';
import { CHUNK, type Finding } from './run-target.ts';

/** How one target fared. */
export interface Outcome {
  readonly name: string;
  inputs: number;
  taken: number;
  /** Of all processes that worked on it, one after the other. */
  seconds: number;
  /** Bytes of the largest of them. */
  memory: number;
  findings: Finding[];
}

interface Part {
  readonly outcome: Outcome;
  readonly runs: number;
  readonly seed: number;
  readonly isFirst: boolean;
}

/** A heap that one input can fill; what is left of it after each chunk is looked at. */
const FLAGS = ['--expose-gc', '--max-old-space-size=256', '--max-semi-space-size=4'];

/** Inputs that one process tries: its memory is given back with it, and two cores share one target. */
const PART = 25 * CHUNK;

/** Runs every target in processes of its own, so many at a time; tells each outcome as it is there. */
export async function runAll(
  targets: readonly Target[],
  { runs, seed, jobs }: { readonly runs: number; readonly seed: number; readonly jobs: number },
  tell: (outcome: Outcome) => void,
): Promise<readonly Outcome[]> {
  const outcomes = targets.map(({ name }) => ({
    name,
    inputs: 0,
    taken: 0,
    seconds: 0,
    memory: 0,
    findings: [],
  }));
  const parts = outcomes.flatMap((outcome) => partsOf(outcome, runs, seed));
  const open = new Map<Outcome, number>(
    outcomes.map((one) => [one, parts.filter(({ outcome }) => outcome === one).length]),
  );
  const work = async () => {
    for (let part = parts.shift(); part; part = parts.shift()) {
      await run(part);
      const left = open.get(part.outcome)! - 1;
      open.set(part.outcome, left);
      if (left === 0) tell(part.outcome);
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return outcomes;
}

function partsOf(outcome: Outcome, runs: number, seed: number): Part[] {
  const count = Math.max(1, Math.ceil(runs / PART));
  return Array.from({ length: count }, (_, i) => ({
    outcome,
    runs: Math.min(PART, runs - i * PART),
    seed: seed + (i * PART) / CHUNK,
    isFirst: i === 0,
  }));
}

async function run({ outcome, runs, seed, isFirst }: Part): Promise<void> {
  const began = performance.now();
  const script = path.join(import.meta.dirname, 'child.ts');
  const args = [...FLAGS, script, outcome.name, String(runs), String(seed), isFirst ? 'corpus' : ''];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  let current: number | undefined;
  let ended = false;
  for await (const line of createInterface(child.stdout)) {
    const told = JSON.parse(line) as Told;
    if ('begins' in told) current = told.begins;
    else {
      ended = true;
      outcome.inputs += told.tally.inputs;
      outcome.taken += told.tally.taken;
      outcome.memory = Math.max(outcome.memory, told.memory);
      if (told.finding) outcome.findings.push(told.finding);
    }
  }
  const [code, signal] = (await exited) as [number | null, string | null];
  if (!ended) {
    const error = `the process ended with ${signal ?? `exit code ${code}`}`;
    outcome.findings.push({ seed: current, input: 'one of this seed', error });
  }
  outcome.seconds += (performance.now() - began) / 1000;
}
