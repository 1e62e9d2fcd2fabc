import { Socket } from 'node:net';
import { readBuffer } from './read-buffer.ts';

/**
 * Has an accepted socket read into `buffer`, as the option `onread` does for one that dials: `read` gets a view of it, to be used during
 * the call only, in place of `data` events, which make a new buffer of 64 KiB for each read and cost three times the processor time.
 * Node has no such option for accepted sockets, so this sets what the option sets. False where this Node keeps it elsewhere: then
 * everything comes by `data` events, and what was read before comes so in any case. `most`: as of a DialReader.
 */
export function readInto(
  socket: Socket,
  buffer: Buffer,
  read: (bytes: Buffer) => void,
  most?: () => number,
): boolean {
  const { _handle: handle } = socket as unknown as { readonly _handle?: Partial<Handle> | null };
  if (!places || typeof handle?.useUserBuffer !== 'function') return false;
  const callback = (bytes: number) => {
    read(buffer.subarray(0, bytes));
    return true;
  };
  const next = readBuffer(buffer, most);
  Object.assign(socket, { [places.buffer]: buffer, [places.next]: next, [places.callback]: callback });
  handle.useUserBuffer(buffer);
  return true;
}

interface Handle {
  useUserBuffer(buffer: Buffer): void;
}

const PROBE = Buffer.alloc(1);
const places = findPlaces();

interface Places {
  readonly buffer: symbol;
  readonly callback: symbol;
  readonly next: symbol;
}

/** Under which symbols a socket keeps the option's buffer, its callback, and what gives the buffer for the next read. */
function findPlaces(): Places | undefined {
  const buffer = placeOf({ buffer: PROBE, callback: () => true }, PROBE);
  const next = () => PROBE;
  const callback = () => true;
  const places = {
    buffer,
    next: placeOf({ buffer: next, callback }, next),
    callback: placeOf({ buffer: next, callback }, callback),
  };
  return places.buffer && places.next && places.callback ? (places as Places) : undefined;
}

/** The symbol under which a socket with this option keeps this part of it. */
function placeOf(onread: object, part: unknown): symbol | undefined {
  // The option is missing in the type of the constructor, which `net.connect` calls with it.
  const socket = new Socket({ onread } as ConstructorParameters<typeof Socket>[0]);
  const values = socket as unknown as Readonly<Record<symbol, unknown>>;
  return Object.getOwnPropertySymbols(socket).find((symbol) => values[symbol] === part);
}
