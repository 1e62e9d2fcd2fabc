import { readdir, readFile } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import { VERSION } from '../version.ts';
import type { Metric } from './metric.ts';

const started = Date.now() / 1000 - process.uptime();

/** What every process tells, under the names that Prometheus' own libraries use. */
export const PROCESS_METRICS: readonly Metric[] = [
  {
    name: 'peerdex_build_info',
    help: 'Always 1; the label is the version of peerdex.',
    kind: 'gauge',
    label: 'version',
    read: () => ({ [VERSION]: 1 }),
  },
  {
    name: 'process_start_time_seconds',
    help: 'When the process started, in seconds since 1970.',
    kind: 'gauge',
    read: () => started,
  },
  {
    name: 'process_cpu_seconds_total',
    help: 'Time on the processor, of user and system, all threads.',
    kind: 'counter',
    read() {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    },
  },
  {
    name: 'process_resident_memory_bytes',
    help: 'Memory of the process that is in RAM.',
    kind: 'gauge',
    read: () => process.memoryUsage.rss(),
  },
  {
    name: 'process_open_fds',
    help: 'Open file descriptors (Linux only).',
    kind: 'gauge',
    read: () =>
      readdir('/proc/self/fd').then(
        ({ length }) => length,
        () => undefined,
      ),
  },
  {
    name: 'process_max_fds',
    help: 'Most file descriptors that may be open (Linux only).',
    kind: 'gauge',
    read: () => openFileLimit('self'),
  },
  {
    name: 'nodejs_heap_size_used_bytes',
    help: 'Memory of JavaScript objects on the main thread.',
    kind: 'gauge',
    read: () => process.memoryUsage().heapUsed,
  },
  {
    name: 'nodejs_external_memory_bytes',
    help: 'Memory of buffers outside the JavaScript heap.',
    kind: 'gauge',
    read: () => process.memoryUsage().external,
  },
  {
    name: 'nodejs_eventloop_busy_seconds_total',
    help: 'Time in which the main thread was at work and not waiting; 1 a second is all it has.',
    kind: 'counter',
    read: () => performance.eventLoopUtilization().active / 1000,
  },
  {
    name: 'nodejs_eventloop_lag_seconds',
    help: 'How long one turn of the event loop took, just now.',
    kind: 'gauge',
    async read() {
      const before = performance.now();
      await turn();
      return (performance.now() - before) / 1000;
    },
  },
];

/** Most files that a process may have open, from /proc; undefined where that is not known, Infinity where there is no limit. */
export async function openFileLimit(pid: number | 'self'): Promise<number | undefined> {
  const text = await readFile(`/proc/${pid}/limits`, 'utf8').catch(() => '');
  const soft = /^Max open files\s+(\S+)/m.exec(text)?.[1];
  if (soft === undefined) return undefined;
  return soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft);
}
