/** How often fast-check tries a property that says nothing else. */
const USUAL = 100;

/** Random inputs for each property, as `FUZZ_RUNS` says; undefined without it. */
export const fuzzRuns: number | undefined = read(process.env.FUZZ_RUNS);

/** For a property that is tried `usual` times in `npm test`: as often, or more by as much as `FUZZ_RUNS` is above 100. */
export const runs = (usual: number): { readonly numRuns: number } => ({
  numRuns: Math.max(1, Math.round((usual * (fuzzRuns ?? USUAL)) / USUAL)),
});

function read(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1)
    throw new Error(`FUZZ_RUNS is not a number of runs: ${JSON.stringify(text)}`);
  return number;
}
