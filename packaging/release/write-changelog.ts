import { readFileSync, writeFileSync } from 'node:fs';
import { releaseChangelog } from './changelog.ts';

/** `npm version` runs it once package.json has the new version: dates the changelog's section of it. */
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
const date = new Date().toISOString().slice(0, 10);
writeFileSync('CHANGELOG.md', releaseChangelog(readFileSync('CHANGELOG.md', 'utf8'), version, date));
