import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import os from 'node:os';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memory: number;
  readonly kernel: string;
  readonly node: string;
  /** Of the folder where files lay. */
  readonly fileSystem: string;
  /** How TCP finds its rate. */
  readonly congestion: string;
  readonly date: string;
}

export function describeMachine(folder: string): Machine {
  const { stdout } = spawnSync('df', ['--output=fstype', folder], { encoding: 'utf8' });
  return {
    cpu: os.cpus()[0]?.model ?? 'unknown',
    cores: os.availableParallelism(),
    memory: os.totalmem(),
    kernel: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.versions.node,
    fileSystem: stdout?.trim().split('\n').at(-1) ?? 'unknown',
    congestion: congestionControl(),
    date: new Date().toISOString().slice(0, 10),
  };
}

function congestionControl(): string {
  try {
    return readFileSync('/proc/sys/net/ipv4/tcp_congestion_control', 'utf8').trim();
  } catch {
    return 'unknown';
  }
}
