import fc from 'fast-check';

/** Loaded before the tests by `npm run fuzz`: how often each property is tried, unless it says so itself. */
const numRuns = Number(process.env.PEERDEX_FUZZ_RUNS);
if (!Number.isSafeInteger(numRuns) || numRuns < 1)
  throw new Error('PEERDEX_FUZZ_RUNS is not a number of runs');
fc.configureGlobal({ numRuns });
