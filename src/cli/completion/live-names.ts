import { type LocalClient, tryDaemon } from '../daemon.ts';
import { holderCount } from '../output/held-by.ts';

/** What a word stands for. */
export type NameKind = keyof typeof JOBS | 'links' | 'peers' | 'shares' | 'places' | 'wanted' | 'files';
export type Candidate = readonly [value: string, is?: string];

/** Which jobs a command is for; states as `peerdex jobs` has them. */
const JOBS = {
  jobs: /./,
  'jobs that run': /^(queued|running|waiting)$/,
  'jobs that stand': /^(paused|failed)$/,
  'jobs not ended': /^(queued|running|waiting|paused|failed)$/,
} as const;

/** A shell that waits for completion is a shell that hangs. */
const PATIENCE_MS = 1000;
const MOST_FILES = 100;

/** Names that the daemon on `data` knows now and that may begin with `typed`; none where no daemon runs. */
export async function liveNames(kind: NameKind, data: string, typed: string): Promise<readonly Candidate[]> {
  const late = new Promise<readonly Candidate[]>((resolve) => {
    setTimeout(resolve, PATIENCE_MS, []).unref();
  });
  return await Promise.race([ask(kind, data, typed), late]);
}

async function ask(kind: NameKind, data: string, typed: string): Promise<readonly Candidate[]> {
  const client = (await tryDaemon(data))?.client;
  if (!client) return [];
  if (kind in JOBS) return await jobsOf(client, JOBS[kind as keyof typeof JOBS]);
  if (kind === 'links') return await linksOf(client);
  if (kind === 'shares') return await sharesOf(client, typed);
  if (kind === 'peers') return await peersOf(client, '');
  if (kind === 'files') return await filesOf(client, typed);
  if (typed.includes(':')) return await entriesOf(client, typed);
  const [named, found] = await Promise.all([
    peersOf(client, ':'),
    kind === 'wanted' ? filesOf(client, typed) : [],
  ]);
  return [...named, ...found];
}

async function jobsOf(client: LocalClient, states: RegExp): Promise<Candidate[]> {
  const { jobs } = await client.jobs();
  return jobs
    .filter(({ state }) => states.test(state))
    .map(({ id, what, state }) => [id, `${state} ${what}`]);
}

async function linksOf(client: LocalClient): Promise<Candidate[]> {
  const { links } = await client.links();
  return links.filter(({ state }) => state === 'valid').map(({ id, path }) => [id, path]);
}

/** By name, or by path for who types one. */
async function sharesOf(client: LocalClient, typed: string): Promise<Candidate[]> {
  const { shares } = await client.status();
  return shares.map(({ path, name }) => (typed.startsWith('/') ? [path, name] : [name, path]));
}

async function peersOf(client: LocalClient, after: string): Promise<Candidate[]> {
  return (await client.peers()).peers.map(({ name, files }) => [`${name}${after}`, `${files} files`]);
}

/** What lies in the folder of a `PEER:PATH` that is typed in part. */
async function entriesOf(client: LocalClient, typed: string): Promise<Candidate[]> {
  const colon = typed.indexOf(':');
  const folder = typed.slice(0, Math.max(typed.lastIndexOf('/'), colon) + 1);
  const listed = await client.ls({ query: { where: folder.slice(0, -1) } });
  return listed.entries.map(({ name, kind }) => [`${folder}${name}${kind === 'folder' ? '/' : ''}`, kind]);
}

/** Files by name, or by the tail of a path that begins with what is typed. */
async function filesOf(client: LocalClient, typed: string): Promise<Candidate[]> {
  const words = typed.slice(typed.lastIndexOf('/') + 1);
  if (words === '') return [];
  const { results } = await client.find({ query: { words, limit: MOST_FILES } });
  return results.flatMap((found) => {
    const tail = tails(found.path).find((one) => one.startsWith(typed));
    return tail === undefined ? [] : [[tail, `held by ${holderCount(found)}`] as const];
  });
}

/** `a/b/c`, `b/c` and `c`, the shortest first. */
function tails(path: string): string[] {
  const parts = path.split('/');
  return parts.map((_, at) => parts.slice(parts.length - 1 - at).join('/'));
}
