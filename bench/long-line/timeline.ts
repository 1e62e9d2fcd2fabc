import { FrameParser } from '../../src/protocol/swarm/frame-parser.ts';
import { PREFACE } from '../../src/protocol/swarm/limits.ts';
import type { FarSource } from './contenders.ts';
import type { LongLine } from './line.ts';

/**
 * What goes over the line of a plaintext source in the first second of a fetch: milliseconds since its start, connection, direction
 * (`there` from who dialled), whether it enters the line or comes out, and the frame or first line of an HTTP message.
 */
export async function timelineOf(source: FarSource, destination: string): Promise<readonly string[]> {
  const timeline = new Timeline(source.line);
  await source.fetch(destination);
  return timeline.lines;
}

const SHOWN_MS = 1000;

class Timeline {
  readonly lines: string[] = [];
  readonly #parsers = new Map<string, FrameParser | 'http'>();
  readonly #started = performance.now();

  constructor(line: LongLine) {
    line.onPassage = (connection, direction, passage, bytes) =>
      this.#take(`${connection} ${direction} ${passage}`, bytes);
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
    const ms = performance.now() - this.#started;
    if (ms < SHOWN_MS) this.lines.push(`${ms.toFixed(0).padStart(4)} ${stream}: ${text}`);
  }
}

const firstLine = (bytes: Buffer): string => bytes.toString('latin1').split('\r\n', 1)[0]!.slice(0, 100);
