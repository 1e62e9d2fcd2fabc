import { type Invocation, sourcesOf } from './invocation.ts';
import { DATA_SETTING } from './settings/data-setting.ts';
import { readSetting } from './settings/read-setting.ts';

/** What --data or PEERDEX_DATA says, absolute, or undefined. */
export const saidFolder = (invocation: Invocation): string | undefined =>
  readSetting('data', DATA_SETTING, sourcesOf(invocation), undefined) as string | undefined;
