import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { runChunk, runCorpus, type Tally } from './runner/run-target.ts';
import { runs } from './runs.ts';
import { TARGETS } from './targets.ts';

const SOURCES = path.join(import.meta.dirname, '../../src');

/** Every parser of what others send: its corpus, then some new inputs. `npm run fuzz` tries a million. */
describe('parsers', () => {
  it('are all in the table', () => {
    const table = readFileSync(path.join(import.meta.dirname, 'README.md'), 'utf8');
    for (const { name, parses } of TARGETS) {
      assert.ok(table.includes(`\`${name}\``), `${name} is not in README.md`);
      for (const file of parses)
        assert.ok(existsSync(path.join(SOURCES, file)), `${name}: there is no ${file}`);
    }
  });

  for (const target of TARGETS) {
    it(`${target.name}: takes what is right, refuses the rest, and nothing else happens`, {
      timeout: 60_000,
    }, async () => {
      const open = await target.open();
      try {
        const tally: Tally = { inputs: 0, taken: 0 };
        const seed = Math.floor(Math.random() * 2 ** 31);
        const { numRuns } = runs(target.usual ?? 300);
        const found = (await runCorpus(target, open, tally)) ?? (await runChunk(open, numRuns, seed, tally));
        if (found) assert.fail(`seed ${found.seed}, input ${found.input}\n${found.error}`);
        const { inputs, taken } = tally;
        assert.ok(taken > 0 && taken < inputs, `${taken} of ${inputs} were taken: one half is never tried`);
      } finally {
        await open.close?.();
      }
    });
  }
});
