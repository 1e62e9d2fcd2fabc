import { type FileHandle, readFile, stat } from 'node:fs/promises';
import { uptime } from 'node:os';

/**
 * Names the mount that an open file lies on, and the plugged-in drive below it: bytes that were written and not flushed are there
 * only while both stay the same. A mount's number may be given again after an unmount; the inode of a device in `/sys` is not,
 * so a drive that was pulled and put in again has another one. '' where the system tells neither.
 */
export async function mountOf(file: FileHandle): Promise<string> {
  const { dev } = await file.stat({ bigint: true });
  const info = await readFile(`/proc/self/fdinfo/${file.fd}`, 'utf8').catch(() => '');
  const mount = /^mnt_id:\s*(\d+)/m.exec(info)?.[1] ?? '';
  const drive = await stat(`/sys/dev/block/${majorOf(dev)}:${minorOf(dev)}`).catch(() => undefined);
  return drive ? `${mount}/${drive.ino}` : mount;
}

/** Another value after another boot. Where the system has no name for a boot, the minute in which it began. */
export async function bootId(): Promise<string> {
  const id = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => undefined);
  return id?.trim() ?? `minute-${Math.round((Date.now() / 1000 - uptime()) / 60)}`;
}

/** As in Linux' `makedev(3)`. */
const majorOf = (dev: bigint): bigint => ((dev >> 8n) & 0xfffn) | ((dev >> 32n) & 0xfffff000n);
const minorOf = (dev: bigint): bigint => (dev & 0xffn) | ((dev >> 12n) & 0xffffff00n);
