import type { Migration } from '../../database.ts';

/**
 * Folded names have one sigma, and ss for ß, so that a name in capitals is found by its words. Where that changes one, the search index,
 * made from the names as they were folded before, is to be made anew: it is of another database now.
 */
export const lettersAsOne: Migration = {
  name: '017-letters-as-one',
  sql: `
UPDATE entry_numbers SET database = lower(hex(randomblob(16)))
  WHERE EXISTS (SELECT 1 FROM entries WHERE instr(folded, 'ς') > 0 OR instr(folded, 'ß') > 0);
UPDATE entries SET folded = replace(replace(folded, 'ς', 'σ'), 'ß', 'ss')
  WHERE instr(folded, 'ς') > 0 OR instr(folded, 'ß') > 0;
`,
};
