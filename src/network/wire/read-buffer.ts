/** The part of a buffer that is to be read into next, of at most so many bytes as are wanted then. */
export function readBuffer(buffer: Buffer, most: () => number = () => buffer.byteLength): () => Buffer {
  let part = buffer;
  return () => {
    const bytes = Math.min(buffer.byteLength, most());
    if (part.byteLength !== bytes) part = buffer.subarray(0, bytes);
    return part;
  };
}
