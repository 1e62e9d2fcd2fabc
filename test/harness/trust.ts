import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { errorOf } from './answers.ts';
import type { ProcessNetwork } from './processes.ts';
import { runProgram } from './program.ts';

/** Runs `peerdex registry ARGS…` on a network's own data folder, which has to succeed, and gives its JSON document. */
export async function care<T>(
  { folder }: ProcessNetwork,
  args: readonly string[],
  data = folder.join('registry'),
): Promise<T> {
  const result = await runProgram(['registry', ...args, '--json', '--data', data]);
  assert.equal(result.code, 0, result.stderr);
  return JSON.parse(result.stdout) as T;
}

export interface InviteMade {
  readonly id: string;
  readonly link: string;
}

export const invite = (network: ProcessNetwork, ...args: readonly string[]): Promise<InviteMade> =>
  care(network, ['invite', ...args]);

/** Starts a peer that must not get in, and gives its exit code and error. */
export async function refusedWith({ folder }: ProcessNetwork, name: string, link: string) {
  const args = ['up', '--join', link, '--listen', '127.0.0.1:0', '--data', folder.join(name), '--json'];
  const result = await runProgram(args, { timeout: 30_000 });
  return { exit: result.code, ...errorOf(result) };
}

/** Number of the list of revocations that a peer's data folder holds; 0 without one. */
export function listNumber(data: string): number {
  const file = path.join(data, 'membership.json');
  if (!existsSync(file)) return 0;
  const { revocations } = JSON.parse(readFileSync(file, 'utf8')) as { revocations: string | null };
  if (revocations === null) return 0;
  const payload = Buffer.from(revocations.split('.')[0]!, 'base64url').toString();
  return (JSON.parse(payload) as { number: number }).number;
}
