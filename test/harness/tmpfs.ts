import { spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';

/** For a test's `skip`: false where file systems may be mounted, else the reason and the mend. */
export const skipWithoutMounts: string | false = canMount()
  ? false
  : 'mounting needs root: run the tests as root, for example in a container with --privileged';

/** A file system of `bytes` in memory at `folder`, which is made. Unmounted when the scope ends. */
export async function tmpfs(folder: string, bytes: number, options = ''): Promise<AsyncDisposable> {
  await mkdir(folder, { recursive: true });
  mount('-t', 'tmpfs', '-o', `size=${bytes}${options && `,${options}`}`, 'tmpfs', folder);
  return unmountAtEnd(folder);
}

/** Lets `folder` be seen at `at`, where nobody can write, not even root. */
export async function readOnlyView(folder: string, at: string): Promise<AsyncDisposable> {
  await mkdir(at, { recursive: true });
  mount('--bind', folder, at);
  mount('-o', 'remount,ro,bind', at);
  return unmountAtEnd(at);
}

function unmountAtEnd(folder: string): AsyncDisposable {
  return {
    [Symbol.asyncDispose]: async () => {
      spawnSync('umount', ['-l', folder]);
    },
  };
}

function mount(...args: string[]): void {
  const { status, stderr } = spawnSync('mount', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`mount ${args.join(' ')}: ${stderr}`);
}

/** Root inside a plain container may not mount: only a try tells. */
function canMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  return spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;
}
