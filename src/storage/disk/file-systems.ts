import { readFileSync } from 'node:fs';

/**
 * Which devices hold file systems that number files anew each time they are mounted, or while they are. On those a file is told by
 * its name, size and time alone. Read from Linux' table of mounts; elsewhere every file system is taken to keep its numbers.
 */
export class FileSystems {
  readonly #read: () => string;
  readonly #now: () => number;
  #devices: ReadonlyMap<bigint, string> = new Map();
  #until = Number.NEGATIVE_INFINITY;

  /** `now`: milliseconds of a clock that never steps. */
  constructor(read: () => string = mountTable, now: () => number = () => performance.now()) {
    this.#read = read;
    this.#now = now;
  }

  keepsInodes(device: bigint): boolean {
    if (this.#now() >= this.#until) {
      this.#devices = devicesOf(this.#read());
      this.#until = this.#now() + KNOWN_FOR_MS;
    }
    const type = this.#devices.get(device);
    return type === undefined || !FORGETFUL.has(type);
  }
}

export const fileSystems = new FileSystems();

/** A drive may be taken away and another one get its device number. */
const KNOWN_FOR_MS = 5000;

/** FAT and its like have no inodes; drivers in user space and shares of Windows make them up. */
const FORGETFUL: ReadonlySet<string> = new Set([
  'vfat',
  'msdos',
  'exfat',
  'fuseblk',
  'fuse.exfat',
  'fuse.sshfs',
  'fuse.rclone',
  'fuse.mtpfs',
  'fuse.jmtpfs',
  'fuse.gvfsd-fuse',
  'cifs',
  'smb3',
]);

function mountTable(): string {
  try {
    return readFileSync('/proc/self/mountinfo', 'utf8');
  } catch {
    return '';
  }
}

/** `36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw`, see proc(5). */
function devicesOf(table: string): ReadonlyMap<bigint, string> {
  const devices = new Map<bigint, string>();
  for (const line of table.split('\n')) {
    const [, major, minor, type] = /^\d+ \d+ (\d+):(\d+) .* - (\S+) /.exec(line) ?? [];
    if (type !== undefined) devices.set(deviceOf(BigInt(major!), BigInt(minor!)), type);
  }
  return devices;
}

/** As in Linux' `makedev(3)`. */
const deviceOf = (major: bigint, minor: bigint): bigint =>
  ((major & 0xfffff000n) << 32n) |
  ((major & 0xfffn) << 8n) |
  ((minor & 0xffffff00n) << 12n) |
  (minor & 0xffn);
