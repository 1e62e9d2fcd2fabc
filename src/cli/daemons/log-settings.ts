import { type Invocation, sourcesOf } from '../invocation.ts';
import type { LogFormat, LogLevel } from '../settings/definitions.ts';
import { readSettings } from '../settings.ts';

/** How a daemon logs. */
export function logSettings(
  invocation: Invocation,
  data: string | undefined,
  level: LogLevel = 'info',
): { readonly level: LogLevel; readonly format: LogFormat } {
  const { logLevel, logFormat } = readSettings(['logLevel', 'logFormat'], sourcesOf(invocation, data));
  return { level: logLevel ?? level, format: logFormat ?? 'text' };
}
