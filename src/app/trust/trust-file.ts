import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asPeerdexError } from '../../core/errors.ts';
import type { NetworkId } from '../../core/ids.ts';
import type { Credentials } from '../../core/trust/trust.ts';

/** `membership.json` in the data folder, mode 0600. A file that is missing or cannot be read counts as none: the registry gives all of it again. */
export function readCredentials(data: string): Credentials | undefined {
  try {
    const found = JSON.parse(readFileSync(fileIn(data), 'utf8')) as Partial<
      Record<keyof Credentials, unknown>
    >;
    const { network, networkKey, ticket = null, revocations = null } = found;
    if (typeof network !== 'string' || typeof networkKey !== 'string') return undefined;
    if (ticket !== null && typeof ticket !== 'string') return undefined;
    if (revocations !== null && typeof revocations !== 'string') return undefined;
    return { network, networkKey, ticket, revocations };
  } catch {
    return undefined;
  }
}

export function writeCredentials(data: string, credentials: Credentials): void {
  const file = fileIn(data);
  try {
    writeFileSync(`${file}.new`, `${JSON.stringify(credentials)}\n`, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  } catch (error) {
    throw asPeerdexError(error, `cannot write ${file}`);
  }
}

export const forgetCredentials = (data: string): void => rmSync(fileIn(data), { force: true });

const fileIn = (data: string): string => join(data, 'membership.json');

/** Only those of this network. */
export const credentialsFor = (
  network: NetworkId,
  found: Credentials | undefined,
): Credentials | undefined => (found?.network === network ? found : undefined);
