import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const FLAG = 'TEST_RIGHTS_ARE_CHECKED';

/** Whether what the modes of files forbid is forbidden to this process: root may read everything, unless it gave that up. */
export const areRightsChecked = (): boolean => process.geteuid?.() !== 0 || process.env[FLAG] === 'true';

/** Runs a test file in a process that is root still, and so owns what root owns, but has its rights checked. Rejects where it fails. */
export async function passWithCheckedRights(file: string): Promise<void> {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const drop = '-dac_override,-dac_read_search';
  await promisify(execFile)('setpriv', ['--bounding-set', drop, process.execPath, '--test', file], {
    env: { ...env, [FLAG]: 'true' },
  });
}
