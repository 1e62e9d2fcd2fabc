import type { Socket } from 'node:net';
import { hostOf, type RefusalLog } from './refusal-log.ts';

/** Accepted connections of those who have not said yet who they are. */
export class Greetings {
  readonly #sockets = new Set<Socket>();
  readonly #helloMs: number;
  readonly #refusals: RefusalLog;

  /** `helloMs`: how long a hello may take. */
  constructor(helloMs: number, refusals: RefusalLog) {
    this.#helloMs = helloMs;
    this.#refusals = refusals;
  }

  /** Who says nothing is cut off. */
  await(socket: Socket, address: string): void {
    this.#sockets.add(socket);
    const timer = setTimeout(() => {
      if (!this.#sockets.has(socket)) return;
      this.#refusals(`${address} did not say who it is in time`, {
        ...{ source: hostOf(address), cause: 'silence', address },
      });
      socket.destroy();
    }, this.#helloMs);
    timer.unref();
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      clearTimeout(timer);
      this.#sockets.delete(socket);
    });
  }

  /** It has said so. */
  said(socket: Socket): void {
    this.#sockets.delete(socket);
  }

  stop(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
