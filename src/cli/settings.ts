import path from 'node:path';
import { PeerdexError } from '../core/errors.ts';
import { type ConfigFile, readConfigFile } from './settings/config-file.ts';
import type { Definition } from './settings/definition.ts';
import { SETTINGS } from './settings/definitions.ts';

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

export type SettingName = keyof typeof SETTINGS;
type ValueOf<N extends SettingName> = (typeof SETTINGS)[N] extends infer D
  ? D extends { readonly many: true; read(...args: never[]): infer T }
    ? readonly T[]
    : D extends { read(...args: never[]): infer T }
      ? T
      : never
  : never;
export type SettingValues<N extends SettingName> = { readonly [K in N]?: ValueOf<K> };

/**
 * The settings `names`, frozen; one that nobody said is absent. Throws `usage` that names the flag, variable or file that is
 * wrong, also for a key of config.json that does not exist.
 */
export function readSettings<N extends SettingName>(
  names: readonly N[],
  sources: SettingSources,
): SettingValues<N> {
  const file = sources.data === undefined ? undefined : readConfigFile(sources.data, KEYS);
  const values: Record<string, unknown> = {};
  for (const name of names) {
    const value = readSetting(name, SETTINGS[name], sources, file);
    if (value !== undefined) values[name] = value;
  }
  return Object.freeze(values) as SettingValues<N>;
}

const KEYS = Object.values(SETTINGS).flatMap((each: Definition<unknown>) => each.key ?? []);

function readSetting(
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
