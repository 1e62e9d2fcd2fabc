import { FrameParser } from '../../src/protocol/swarm/frame-parser.ts';
import { PREFACE } from '../../src/protocol/swarm/limits.ts';
import type { LongLine } from './line.ts';

/** What goes over a plaintext line, a frame or the first line of an HTTP message each, with milliseconds since `start`. */
export class Timeline {
  readonly lines: string[] = [];
  readonly #parsers = new Map<string, FrameParser | 'http'>();
  #started = 0;

  constructor(lines: Readonly<Record<string, LongLine>>) {
    for (const [name, line] of Object.entries(lines)) {
      line.onPassage = (connection, direction, passage, bytes) =>
        this.#take(`${name} ${connection} ${direction} ${passage}`, bytes);
    }
  }

  start(): void {
    this.lines.length = 0;
    this.#started = performance.now();
  }

  #take(stream: string, bytes: Buffer): void {
    const parser = this.#parsers.get(stream) ?? this.#begin(stream, bytes);
    this.#parsers.set(stream, parser);
    if (parser === 'http') return this.#note(stream, firstLine(bytes));
    parser.push(Buffer.from(bytes));
  }

  #begin(stream: string, bytes: Buffer): FrameParser | 'http' {
    if (bytes[0] !== PREFACE[0]) return 'http';
    return new FrameParser({
      frame: (frame) => {
        const { type, ...rest } = frame as { type: string } & Record<string, unknown>;
        const numbers = Object.entries(rest).filter(([, value]) => typeof value === 'number');
        this.#note(stream, `${type} ${numbers.map((pair) => pair.join('=')).join(' ')}`);
      },
      data: (channel, leaf, offset, { byteLength }) => {
        if (offset === 0) this.#note(stream, `data channel=${channel} leaf=${leaf} begins`);
        if (offset + byteLength === 262_144) this.#note(stream, `data channel=${channel} leaf=${leaf} ends`);
      },
    });
  }

  #note(stream: string, text: string): void {
    this.lines.push(`${(performance.now() - this.#started).toFixed(0).padStart(6)} ${stream}: ${text}`);
  }
}

const firstLine = (bytes: Buffer): string => bytes.toString('latin1').split('\r\n', 1)[0]!.slice(0, 100);
