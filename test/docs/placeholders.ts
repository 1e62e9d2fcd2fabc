import type { Setting } from './setting.ts';

type Value = string | ((setting: Setting, line: string) => string | Promise<string>);

/** What stands in the documents for something that every reader has another of, and what it is here. */
export const PLACEHOLDERS: readonly (readonly [what: RegExp, value: Value])[] = [
  [/\bnpx peerdex\b/g, 'peerdex'],
  [/'peerdex:\/\/[^']*'|'LINK'/g, ({ cluster }) => `'${cluster.registry.join}'`],
  [/\bJOB\b/g, (setting, line) => setting.job(/peerdex (\w+)/.exec(line)?.[1] ?? '')],
  [/(?<=--revoke )ID\b/g, (setting) => setting.link()],
  [/\bREGISTRY\b/g, ({ cluster }) => cluster.folder.join('registry')],
  [/(?<=127\.0\.0\.1|localhost):9470\b/g, ({ metricsPort }) => `:${metricsPort}`],
  // Ports that a reader has free and this machine may not.
  [/(?<=--(listen|metrics|link-http) )[\w.]*:\d+/g, '127.0.0.1:0'],
  [/(?<![\w.~])\/(tmp|srv|mnt|var\/backups)\//g, ({ cluster }) => `${cluster.folder.join('tmp')}/`],
];

/** The line as it can be run here. */
export async function withValues(line: string, setting: Setting): Promise<string> {
  let result = line;
  for (const [what, value] of PLACEHOLDERS) {
    if (result.search(what) < 0) continue;
    const text = typeof value === 'string' ? value : await value(setting, result);
    result = result.replace(what, () => text);
  }
  return result;
}
