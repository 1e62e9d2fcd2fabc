import { readConfigFile } from './settings/config-file.ts';
import type { Definition } from './settings/definition.ts';
import { SETTINGS } from './settings/definitions.ts';
import { readSetting, type SettingSources } from './settings/read-setting.ts';

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
