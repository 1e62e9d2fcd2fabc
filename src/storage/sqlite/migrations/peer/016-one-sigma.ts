import type { Migration } from '../../database.ts';

/**
 * Folded names have one sigma, so that a name in capitals is found by its words. Where that changes one, the search index, made from the
 * names as they were folded before, is to be made anew: it is of another database now.
 */
export const oneSigma: Migration = {
  name: '016-one-sigma',
  sql: `
UPDATE entry_numbers SET database = lower(hex(randomblob(16)))
  WHERE EXISTS (SELECT 1 FROM entries WHERE instr(folded, 'ς') > 0);
UPDATE entries SET folded = replace(folded, 'ς', 'σ') WHERE instr(folded, 'ς') > 0;
`,
};
