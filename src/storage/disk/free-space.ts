import { statfs } from 'node:fs/promises';
import { PeerdexError } from '../../core/errors.ts';

/** Left free for the file system's own needs and for everybody else. */
const MARGIN_BYTES = 8 * 1024 * 1024;

/** Who has been promised how much of each file system, so that jobs together do not want more than there is. */
export class SpaceLedger {
  /** Bytes that are still to be written, by what they are for. */
  readonly #promised = new Map<object, { device: bigint; bytes: () => number }>();

  /** Throws `no-space` when the folder's file system cannot take so many bytes beside what is promised already. */
  async check(folder: string, device: bigint, bytes: number): Promise<void> {
    const { bavail, bsize } = await statfs(folder);
    this.#mustFit(device, bytes, bavail * bsize);
  }

  /**
   * Checks and promises in one step, so that two who ask at the same time are not promised the same room. `bytes`: what is still
   * missing, asked each time. The returned function ends the promise.
   */
  async promise(folder: string, device: bigint, bytes: () => number): Promise<() => void> {
    const { bavail, bsize } = await statfs(folder);
    this.#mustFit(device, bytes(), bavail * bsize);
    const key = {};
    this.#promised.set(key, { device, bytes });
    return () => this.#promised.delete(key);
  }

  #mustFit(device: bigint, bytes: number, free: number): void {
    const promised = [...this.#promised.values()]
      .filter((promise) => promise.device === device)
      .reduce((sum, promise) => sum + promise.bytes(), 0);
    if (bytes === 0 || bytes + promised + MARGIN_BYTES <= free) return;
    const others = promised > 0 ? `, ${promised} of them promised to other downloads` : '';
    throw new PeerdexError(
      'no-space',
      `not enough space: ${bytes} bytes are needed, and ${MARGIN_BYTES} to spare; ${free} are free${others}`,
      {
        hint: 'make room or name another place with -o, then run the same command again or resume the job',
        retry: true,
      },
    );
  }
}
