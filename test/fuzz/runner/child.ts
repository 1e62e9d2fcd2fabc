import { TARGETS } from '../targets.ts';
import { CHUNK, type Finding, runChunk, runCorpus, stuckInput, type Tally } from './run-target.ts';

/** Memory of the whole process at its most: what one input takes shows here. Bytes. */
const MOST_MEMORY = 512 * 1024 * 1024;
/** What is left when nothing is under way. */
const MOST_KEPT = 128 * 1024 * 1024;

/** What a child tells its parent, a line each. */
export type Told =
  | { readonly begins: number }
  | {
      readonly tally: Tally;
      readonly memory: number;
      readonly finding: Finding | undefined;
    };

const [name, runs, seed, withCorpus] = process.argv.slice(2);
const say = (told: Told) => process.stdout.write(`${JSON.stringify(told)}\n`);
const target = TARGETS.find((one) => one.name === name);
if (!target) throw new Error(`no target ${name}`);
const open = await target.open();
const tally: Tally = { inputs: 0, taken: 0 };
let current: number | undefined;
const watch = setInterval(() => {
  const input = stuckInput();
  if (input === undefined) return;
  say({ tally, memory: memory(), finding: { seed: current, input, error: 'nothing comes of it' } });
  process.exit(1);
}, 1000);
let finding = withCorpus === 'corpus' ? await runCorpus(target, open, tally) : undefined;
for (let done = 0; done < Number(runs) && !finding; done += CHUNK) {
  const own = Number(seed) + done / CHUNK;
  current = own;
  say({ begins: own });
  finding = await runChunk(open, Math.min(CHUNK, Number(runs) - done), own, tally);
  finding ??= tooLarge(own);
}
clearInterval(watch);
await open.close?.();
say({ tally, memory: memory(), finding });

function memory(): number {
  return process.resourceUsage().maxRSS * 1024;
}

function tooLarge(own: number): Finding | undefined {
  (globalThis as { gc?: () => void }).gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  const kept = heapUsed + arrayBuffers;
  if (memory() <= MOST_MEMORY && kept <= MOST_KEPT) return undefined;
  const error = `the process grew to ${memory()} bytes and keeps ${kept}`;
  return { seed: own, input: 'one of this seed', error };
}
