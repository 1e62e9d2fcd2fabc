import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import type { MirrorEvent } from '../../src/protocol/http/local/mirror-operations.ts';
import { eventually } from './eventually.ts';
import type { PeerProcess } from './processes.ts';
import { spawnProgram } from './program.ts';

type EventOf<Kind extends MirrorEvent['event']> = Extract<MirrorEvent, { event: Kind }>;

/** A `mirror … --json` that runs while the test does other things. */
export class BackgroundMirror implements AsyncDisposable {
  readonly child: ChildProcess;
  readonly events: MirrorEvent[] = [];
  readonly stderr: Promise<string>;
  readonly closed: Promise<number | null>;

  constructor(peer: PeerProcess, args: readonly string[]) {
    this.child = spawnProgram(['mirror', ...args, '--json', '--data', peer.data]);
    this.child.stdin!.end();
    createInterface(this.child.stdout!).on('line', (line) => this.events.push(JSON.parse(line)));
    this.stderr = text(this.child.stderr!);
    this.closed = once(this.child, 'close').then(([code]) => code as number | null);
  }

  of<Kind extends MirrorEvent['event']>(kind: Kind): EventOf<Kind>[] {
    return this.events.filter((event): event is EventOf<Kind> => event.event === kind);
  }

  /** Waits for the `n`-th event of a kind, from 1. */
  async event<Kind extends MirrorEvent['event']>(kind: Kind, n = 1): Promise<EventOf<Kind>> {
    return eventually(() => this.of(kind)[n - 1]);
  }

  /** Waits until everything is equal again after `change`. */
  async equalAfter(change: () => Promise<unknown>): Promise<void> {
    const before = this.of('equal').length;
    await change();
    await this.event('equal', before + 1);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill('SIGKILL');
    await this.closed;
  }
}
