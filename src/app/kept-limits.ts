import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { systemCode } from '../core/errors.ts';
import type { Log } from '../core/ports/log.ts';
import { LEAST_RATE } from '../core/rate-limiter.ts';
import { MAX_PERIODS, type RatePeriod, type RatePlan } from '../core/rate-schedule.ts';
import { writePrivateFile } from './write-private-file.ts';

/** Limits that were set to stay. */
export interface KeptLimits {
  readonly up: RatePlan;
  readonly down: RatePlan;
}

/** What DIR/limits.json says; undefined where nothing was kept. A file that makes no sense is told of and counts as none. */
export function readKeptLimits(data: string, log: Log): KeptLimits | undefined {
  const file = limitsFile(data);
  try {
    const { up, down } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    return { up: planOf(up), down: planOf(down) };
  } catch (error) {
    if (systemCode(error) !== 'ENOENT')
      log.warn(`${file} cannot be read: the limits of the settings hold`, {
        event: 'limits-unreadable',
        error,
      });
    return undefined;
  }
}

/** Undefined: from the next start on the settings hold. */
export function keepLimits(data: string, limits: KeptLimits | undefined): void {
  const file = limitsFile(data);
  if (limits) writePrivateFile(file, Buffer.from(`${JSON.stringify(limits)}\n`), true);
  else rmSync(file, { force: true });
}

function planOf(value: unknown): RatePlan {
  const { usual, periods } = value as Record<string, unknown>;
  if (!isRate(usual) || !Array.isArray(periods) || periods.length > MAX_PERIODS || !periods.every(isPeriod))
    throw new TypeError('it holds no limits');
  return { usual, periods };
}

const isRate = (value: unknown): value is number | null =>
  value === null || (typeof value === 'number' && value >= LEAST_RATE);

const isBetween = (value: unknown, least: number, most: number): boolean =>
  Number.isInteger(value) && (value as number) >= least && (value as number) <= most;

function isPeriod(value: unknown): value is RatePeriod {
  const { days, from, to, rate } = value as Record<string, unknown>;
  return isBetween(days, 1, 127) && isBetween(from, 0, 1439) && isBetween(to, 1, 1440) && isRate(rate);
}

const limitsFile = (data: string): string => path.join(data, 'limits.json');
