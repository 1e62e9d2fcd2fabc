import { define } from './definition.ts';
import { folderPath } from './values.ts';

/** Which data folder a call is about; where it lies cannot stand in itself. */
export const DATA_SETTING = define({ flag: '--data', environment: 'PEERDEX_DATA', read: folderPath });
