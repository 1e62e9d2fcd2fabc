/**
 * Where programs keep keys, passwords and sessions of their user, by the name that it ends with; what has to stand before it, for names
 * that mean something else elsewhere. Whoever shares a home folder means the files in it, not these.
 */
const SECRETS: ReadonlyMap<string, string> = new Map([
  ['.ssh', ''],
  ['.gnupg', ''],
  ['.password-store', ''],
  ['keyrings', '/.local/share/'],
  ['kwalletd', '/.local/share/'],
  ['Keychains', '/Library/'],
  ['.aws', ''],
  ['.azure', ''],
  ['.kube', ''],
  ['config.json', '/.docker/'],
  ['gcloud', '/.config/'],
  ['gh', '/.config/'],
  ['rclone', '/.config/'],
  ['.mozilla', ''],
  ['.thunderbird', ''],
  ['chromium', '/.config/'],
  ['google-chrome', '/.config/'],
  ['.netrc', ''],
  ['.pgpass', ''],
  ['.git-credentials', ''],
  ['.pypirc', ''],
  ['.vault-token', ''],
]);

/** Whether `isSecret` has to be asked: quick, for each name of a long list. */
export const maySecret = (name: string): boolean => SECRETS.has(name);

/** Whether this is where secrets of its user are kept, which is shared only by who says so. `path`: absolute. */
export function isSecret(path: string): boolean {
  const cut = path.lastIndexOf('/') + 1;
  const before = SECRETS.get(path.slice(cut));
  return before !== undefined && path.slice(0, cut).endsWith(before);
}

/** The first such folder in a path, from the root on; undefined where there is none. */
export function secretIn(path: string): string | undefined {
  for (let end = path.indexOf('/', 1); end !== -1; end = path.indexOf('/', end + 1))
    if (isSecret(path.slice(0, end))) return path.slice(0, end);
  return isSecret(path) ? path : undefined;
}
