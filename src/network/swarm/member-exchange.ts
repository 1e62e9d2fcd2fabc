import type { MemberBook } from '../../core/ports/member-book.ts';
import type { ControlFrame } from '../../protocol/swarm/frames.ts';
import type { Connection, ConnectionListener } from './connection.ts';

/** Answers who asks for the members of a swarm, and hands on what is told of them. */
export class MemberExchange implements ConnectionListener {
  readonly #connection: Connection;
  readonly #book: MemberBook;

  constructor(connection: Connection, book: MemberBook) {
    this.#connection = connection;
    this.#book = book;
  }

  frame(frame: ControlFrame): void {
    const { remote, isBacklogged } = this.#connection;
    if (frame.type === 'members') return this.#book.told(frame.content, remote, frame.members);
    if (frame.type !== 'seek') return;
    const { content, addresses } = frame;
    if (addresses.length > 0) this.#book.entered(content, remote, addresses);
    // An answer is many times as long as its question: who does not read gets none.
    if (isBacklogged) return;
    const members = this.#book.others(content, remote);
    this.#connection.send({ type: 'members', content, members });
  }

  data(): void {}

  closed(): void {}
}
