import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, truncateSync, writeFileSync } from 'node:fs';
import { hasTool } from '../runner/system-tools.ts';

/** Whether this process may mount file systems, and knows how. */
export function canMount(type: string): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  if (type !== 'tmpfs' && spawnSync(`mkfs.${type}`, ['-V'], { stdio: 'ignore' }).error) return false;
  const ran = spawnSync('unshare', ['-m', 'true'], { stdio: 'ignore' });
  return ran.status === 0 && (type === 'tmpfs' || knowsType(type));
}

/** What `mount` calls a driver in user space, and what the kernel calls it. */
const IN_USER_SPACE: Readonly<Record<string, readonly [helper: string, kernel: string]>> = {
  exfat: ['exfat-fuse', 'fuseblk'],
};

let made = 0;

/** A drive in a file: made once, put in and pulled out. */
export class TestDrive implements Disposable {
  readonly #type: string;
  readonly #image: string;
  readonly #at: string;
  #mounted = false;

  constructor(type: string, image: string, at: string) {
    this.#type = type;
    this.#image = image;
    this.#at = at;
    writeFileSync(image, '');
    truncateSync(image, 8 * 2 ** 20);
    execFileSync(`mkfs.${type}`, type.startsWith('ext') ? ['-q', '-F', image] : [image], {
      stdio: 'ignore',
      // Roots that were made in one second look alike.
      env: { ...process.env, E2FSPROGS_FAKE_TIME: String(1_700_000_000 + made++) },
    });
  }

  plugIn(): void {
    const helper = IN_USER_SPACE[this.#type]?.[0];
    const as = helper === undefined ? [] : ['-t', helper];
    execFileSync('mount', [...as, '-o', 'loop', this.#image, this.#at], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    this.#mounted = true;
  }

  pull(): void {
    execFileSync('umount', ['-l', this.#at]);
    this.#mounted = false;
  }

  [Symbol.dispose](): void {
    if (this.#mounted) this.pull();
  }
}

function knowsType(name: string): boolean {
  const [helper, type] = IN_USER_SPACE[name] ?? [undefined, name];
  if (helper !== undefined && !existsSync('/dev/fuse')) return false;
  if (helper !== undefined && !hasTool(`mount.${helper}`)) return false;
  spawnSync('modprobe', [type], { stdio: 'ignore' });
  return execFileSync('cat', ['/proc/filesystems'], { encoding: 'utf8' }).includes(`\t${type}\n`);
}
