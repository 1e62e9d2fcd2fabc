import path from 'node:path';
import { PeerdexError } from '../../core/errors.ts';
import type { ConfigFile } from './config-file.ts';
import type { Definition } from './definition.ts';

/** Where settings come from: flags win over the environment, the environment over DIR/config.json. */
export interface SettingSources {
  /** As commander gives them: by camel-cased long name. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The data folder whose config.json counts; absent: none does. */
  readonly data?: string | undefined;
  /** Absolute; what relative paths of flags and environment start from. */
  readonly cwd: string;
}

/** What is said of the setting `name`; undefined where nobody says anything. Throws `usage` that names where the wrong thing stands. */
export function readSetting(
  name: string,
  definition: Definition<unknown>,
  sources: SettingSources,
  config: ConfigFile | undefined,
): unknown {
  const { flag, environment, key } = definition;
  const flagged = sources.flags[name];
  if (flag !== undefined && flagged !== undefined) return parse(definition, flagged, flag, sources.cwd);
  const fromEnvironment = environment && sources.environment[environment];
  if (fromEnvironment) return parse(definition, fromEnvironment, environment, sources.cwd);
  const configured = key === undefined ? undefined : config?.values[key];
  if (config === undefined || configured === undefined || configured === null) return undefined;
  return parse(definition, configured, `"${key}" in ${config.file}`, path.dirname(config.file));
}

function parse(definition: Definition<unknown>, value: unknown, source: string, folder: string): unknown {
  try {
    if (!definition.many) return definition.read(scalar(value), folder);
    const values = Array.isArray(value) ? value : scalar(value).split(',');
    return Object.freeze(values.map((each) => definition.read(scalar(each).trim(), folder)));
  } catch (error) {
    if (!(error instanceof PeerdexError)) throw error;
    throw new PeerdexError(error.code, `${source}: ${error.message}`, { hint: error.hint, cause: error });
  }
}

function scalar(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return String(value);
  throw new PeerdexError(
    'usage',
    `a text, number, true or false is wanted, not ${JSON.stringify(value).slice(0, 80)}`,
  );
}
