import { readFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { openFileLimit } from '../observe/process-metrics.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

const LEAST_NODE = 24;
const LEAST_FILES = 256;
const GOOD_FILES = 1024;
/** What a peer takes besides the buffers of its transfers: so it runs, and so it runs well. */
const LEAST_MEMORY = 96 * 2 ** 20;
const GOOD_MEMORY = 224 * 2 ** 20;
const GOOD_WATCHES = 8192;

/** `version`: as process.versions.node has it. */
export function checkNode(version = process.versions.node): readonly Finding[] {
  if (Number.parseInt(version, 10) >= LEAST_NODE) return [ok('node', `Node ${version} runs this`)];
  return [fail('node', `Node ${version} is too old`, `install Node ${LEAST_NODE} or a newer one`)];
}

/** `pid`: whose limit counts. */
export async function checkOpenFiles(pid: number | 'self', limit?: number): Promise<readonly Finding[]> {
  const most = limit ?? (await openFileLimit(pid));
  if (most === undefined) return [ok('open-files', 'this system does not tell how many files may be open')];
  const text =
    most === Number.POSITIVE_INFINITY
      ? 'any number of files may be open'
      : `${most} files may be open at a time`;
  const todo = `raise the limit: \`ulimit -n ${GOOD_FILES * 8}\` before the start, or LimitNOFILE in the systemd unit`;
  if (most < LEAST_FILES)
    return [fail('open-files', `${text}, which is too few for connections and downloads`, todo)];
  return [
    most < GOOD_FILES
      ? warn('open-files', `${text}, which is little where many peers fetch`, todo)
      : ok('open-files', text),
  ];
}

/** `buffers`: bytes that transfers may take (PEERDEX_MEMORY); of a registry 0. */
export async function checkMemory(buffers: number, limit?: number): Promise<readonly Finding[]> {
  const most = limit ?? Math.min(totalmem(), await controlGroupLimit());
  const part = buffers > 0 ? `, ${mebi(buffers)} MiB of them for buffers of transfers` : '';
  const text = `${mebi(most)} MiB of memory are there for it${part}`;
  const todo =
    'give it more memory (MemoryMax in systemd, the limit of the container), or set PEERDEX_MEMORY lower';
  if (most < buffers + LEAST_MEMORY) return [fail('memory', `${text}: that is too little`, todo)];
  return [most < buffers + GOOD_MEMORY ? warn('memory', `${text}: that is tight`, todo) : ok('memory', text)];
}

/** `folders`: how many folders are shared. */
export async function checkWatches(folders: number, limit?: number): Promise<readonly Finding[]> {
  const told =
    limit ?? Number(await readFile('/proc/sys/fs/inotify/max_user_watches', 'utf8').catch(() => Number.NaN));
  if (Number.isNaN(told))
    return [ok('watches', 'this system has no limit on watched folders that could be read')];
  const text = `the system lets a user watch ${told} folders, and ${folders} are shared`;
  if (folders <= told && told >= GOOD_WATCHES) return [ok('watches', text)];
  const todo = 'raise it: `sysctl fs.inotify.max_user_watches=524288`; scans find changes all the same';
  return [warn('watches', text, todo)];
}

/** Of this process, by cgroup v2 (https://docs.kernel.org/admin-guide/cgroup-v2.html#memory-interface-files); Infinity without one. */
async function controlGroupLimit(): Promise<number> {
  const group = /^0::(.*)$/m.exec(await readFile('/proc/self/cgroup', 'utf8').catch(() => ''))?.[1];
  if (group === undefined) return Number.POSITIVE_INFINITY;
  const text = await readFile(`/sys/fs/cgroup${group}/memory.max`, 'utf8').catch(() => 'max');
  return text.trim() === 'max' ? Number.POSITIVE_INFINITY : Number(text);
}

const mebi = (bytes: number): number => Math.round(bytes / 2 ** 20);
