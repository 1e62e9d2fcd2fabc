import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asPeerdexError, PeerdexError, systemCode } from '../core/errors.ts';
import { isNetworkMode, type NetworkMode } from '../core/join-link.ts';

/**
 * The mode of the network whose registry keeps `data`, settled at its first start. Throws `conflict` when another one is asked for later:
 * links and tickets that are out there name the mode.
 */
export function settleMode(data: string, wish: NetworkMode | undefined): NetworkMode {
  const file = fileIn(data);
  const settled = readMode(file);
  if (settled && wish && settled !== wish) {
    throw new PeerdexError(
      'conflict',
      `the network in ${data} is a ${settled} network and cannot become a ${wish} one`,
      {
        hint: 'start a network of its own with another --data folder',
      },
    );
  }
  const mode = settled ?? wish ?? 'tls';
  if (!settled) writeFileSync(file, `${JSON.stringify({ mode })}\n`, { mode: 0o600 });
  return mode;
}

/** As it was settled; TLS where no registry has started yet. */
export const settledMode = (data: string): NetworkMode => readMode(fileIn(data)) ?? 'tls';

const fileIn = (data: string): string => join(data, 'network.json');

function readMode(file: string): NetworkMode | undefined {
  try {
    const { mode } = JSON.parse(readFileSync(file, 'utf8')) as { mode?: unknown };
    if (isNetworkMode(mode)) return mode;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw asPeerdexError(error, `cannot read ${file}`);
  }
  throw new PeerdexError('failed', `${file} names no mode`, {
    hint: 'write {"mode":"tls"} or {"mode":"plaintext"} into it',
  });
}
