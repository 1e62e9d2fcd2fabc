import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessStats {
  /** Bytes of memory at its highest (VmHWM), the process itself without children. */
  readonly peakMemory: number;
  /** Bytes of memory now (VmRSS). */
  readonly memory: number;
  /** Seconds of processor time, user and system, its own and of children that have ended. */
  readonly cpuSeconds: number;
  /** Bytes that went through read calls of every kind, files and sockets alike. */
  readonly bytesRead: number;
  /** Files, sockets and the like that it holds open. */
  readonly openFiles: number;
}

/** What Linux says of a running process in /proc. */
export function processStats(pid: number): ProcessStats {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const io = readFileSync(`/proc/${pid}/io`, 'utf8');
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // utime, stime, cutime and cstime are the fields from the 14th on; the second one, the name, may hold spaces but ends at the last ')'.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return {
    peakMemory: numberAfter(status, 'VmHWM:') * 1024,
    memory: numberAfter(status, 'VmRSS:') * 1024,
    cpuSeconds: fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / 100,
    bytesRead: numberAfter(io, 'rchar:'),
    openFiles: readdirSync(`/proc/${pid}/fd`).length,
  };
}

function numberAfter(text: string, label: string): number {
  const match = new RegExp(`${label}\\s+(\\d+)`).exec(text);
  if (!match) throw new Error(`no ${label} in /proc`);
  return Number(match[1]);
}
