import manifest from '../../package.json' with { type: 'json' };

/** Stands for src/app/version.ts in the executable, which has no package.json beside it. */
export const VERSION: string = manifest.version;
