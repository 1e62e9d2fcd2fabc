import fc from 'fast-check';
import { fuzzRuns } from '../fuzz/runs.ts';

/** Loaded before the tests by `npm run fuzz`: how often each property is tried, unless it says so itself. */
if (fuzzRuns !== undefined) fc.configureGlobal({ numRuns: fuzzRuns });
