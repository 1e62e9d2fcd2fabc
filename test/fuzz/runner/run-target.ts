import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { corpusOf } from '../corpus.ts';
import type { OpenTarget, Target } from '../target.ts';

/** Inputs that are made from one seed. fast-check keeps nothing of them afterwards. */
export const CHUNK = 20_000;
/** Milliseconds for one input, even where other programs use the machine; who takes longer is tried once more. */
const MOST_MS = 2000;

export interface Tally {
  inputs: number;
  /** Of these the parser took so many. */
  taken: number;
}

/** What was found: all that is needed to see it again. */
export interface Finding {
  /** Undefined where the input is one of the corpus. */
  readonly seed: number | undefined;
  /** The smallest input that fails, as it would stand in the corpus. */
  readonly input: string;
  readonly error: string;
}

/** Tries the target's corpus. */
export async function runCorpus(
  target: Target,
  open: OpenTarget,
  tally: Tally,
): Promise<Finding | undefined> {
  const [sample] = fc.sample(open.inputs, 1);
  for (const input of corpusOf(target.corpus ?? target.name, sample instanceof Uint8Array)) {
    try {
      await check(open, input, tally);
    } catch (error) {
      return { seed: undefined, input: shown(input), error: String((error as Error).stack) };
    }
  }
  return undefined;
}

/** Tries so many inputs, made from one seed. */
export async function runChunk(
  open: OpenTarget,
  numRuns: number,
  seed: number,
  tally: Tally,
): Promise<Finding | undefined> {
  const property = fc.asyncProperty(open.inputs, (input) => check(open, input, tally));
  const outcome = await fc.check(property, { numRuns, seed });
  if (!outcome.failed) return undefined;
  const error = outcome.errorInstance;
  return {
    seed,
    input: shown(outcome.counterexample?.[0]),
    error: error instanceof Error ? String(error.stack) : String(error),
  };
}

let underWay: { readonly input: unknown; looks: number } | undefined;
const MOST_LOOKS = 20;

/** To be called each second that this process has: the input that is still being tried after 20 of them, for nothing may ever come of it. */
export function stuckInput(): string | undefined {
  if (!underWay) return undefined;
  underWay.looks += 1;
  return underWay.looks > MOST_LOOKS ? shown(underWay.input) : undefined;
}

async function check(open: OpenTarget, input: unknown, tally: Tally): Promise<void> {
  const began = performance.now();
  underWay = { input, looks: 0 };
  const taken = await open.check(input as never);
  if (performance.now() - began > MOST_MS) await assertInTime(open, input);
  underWay = undefined;
  tally.inputs += 1;
  if (taken) tally.taken += 1;
  // Memory of buffers is given back between turns of the event loop.
  if (tally.inputs % 200 === 0) await setImmediate();
}

/** Once more, by the processor's time: the machine may have been busy, the parser may not be. */
async function assertInTime(open: OpenTarget, input: unknown): Promise<void> {
  const before = process.cpuUsage();
  await open.check(input as never);
  const { user, system } = process.cpuUsage(before);
  const took = (user + system) / 1000;
  assert.ok(took <= MOST_MS, `one input took ${Math.round(took)} ms`);
}

/** Bytes as a text with a character for each. */
export const shown = (input: unknown): string =>
  JSON.stringify(input instanceof Uint8Array ? Buffer.from(input).toString('latin1') : input) ?? 'undefined';
