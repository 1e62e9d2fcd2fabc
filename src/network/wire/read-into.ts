import { Socket } from 'node:net';

/**
 * Has an accepted socket read into `buffer`, as the option `onread` does for one that dials: `read` gets a view of it, to be used during
 * the call only, in place of `data` events, which make a new buffer of 64 KiB for each read and cost three times the processor time.
 * Node has no such option for accepted sockets, so this sets what the option sets. False where this Node keeps it elsewhere: then
 * everything comes by `data` events, and what was read before comes so in any case.
 */
export function readInto(socket: Socket, buffer: Buffer, read: (bytes: Buffer) => void): boolean {
  const { _handle: handle } = socket as unknown as { readonly _handle?: Partial<Handle> | null };
  if (!places || typeof handle?.useUserBuffer !== 'function') return false;
  const callback = (bytes: number) => {
    read(buffer.subarray(0, bytes));
    return true;
  };
  Object.assign(socket, { [places.buffer]: buffer, [places.callback]: callback });
  handle.useUserBuffer(buffer);
  return true;
}

interface Handle {
  useUserBuffer(buffer: Buffer): void;
}

const places = findPlaces();

/** Under which symbols a socket keeps the option's buffer and its callback. */
function findPlaces(): { readonly buffer: symbol; readonly callback: symbol } | undefined {
  const option = { buffer: Buffer.alloc(1), callback: () => true };
  // The option is missing in the type of the constructor, which `net.connect` calls with it.
  const socket = new Socket({ onread: option } as ConstructorParameters<typeof Socket>[0]);
  const values = socket as unknown as Readonly<Record<symbol, unknown>>;
  const symbols = Object.getOwnPropertySymbols(socket);
  const buffer = symbols.find((symbol) => values[symbol] === option.buffer);
  const callback = symbols.find((symbol) => values[symbol] === option.callback);
  return buffer && callback && { buffer, callback };
}
