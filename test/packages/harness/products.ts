import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after } from 'node:test';
import { buildBinary } from '../../../packaging/binary/build.ts';
import { buildDeb } from '../../../packaging/deb/build.ts';
import { copyCheckout } from '../../harness/checkout-copy.ts';
import { tempFolder } from '../../harness/temp-folder.ts';
import { run } from './shell.ts';

/** What takes minutes to make, made once for all test files, which run in one process, and only when one asks for it. */
export const ROOT = path.dirname(path.dirname(path.dirname(import.meta.dirname)));
export const FOREIGN_ARCH = process.arch === 'x64' ? 'arm64' : 'x64';
const RELEASE = 'bookworm';
/** What a Debian machine has that peerdex does not bring: systemd, sudo and man. */
const INCLUDED = 'adduser,ca-certificates,dbus,man-db,sudo,systemd,systemd-sysv';
/** Of xz: a quarter of the time. */
const LITTLE_EFFORT = 1;

const folder = once(() => tempFolder());
after(async () => {
  await debianRoot.begun?.catch(() => {});
  await unmountBelow((await folder()).path);
  await (await folder())[Symbol.asyncDispose]();
});

/** A Debian without peerdex and without Node, which one test may change. It needs no processor most of the time. */
export const debianRoot = once(async () => {
  const root = (await folder()).join('debian');
  await run('debootstrap', ['--variant=minbase', `--include=${INCLUDED}`, RELEASE, root]);
  await writeFile(path.join(root, 'etc/apt/apt.conf.d/99yes'), 'APT::Get::Assume-Yes "true";\n');
  return root;
});

export const debianPackage = once(() => buildDeb(process.arch, LITTLE_EFFORT));

export const executable = once(async () => {
  const file = await debianPackage();
  return path.join(path.dirname(file), `peerdex-linux-${process.arch}`);
});

export const foreignExecutable = once(() => buildBinary(FOREIGN_ARCH));

/** What git has of this checkout, in a folder of its own. */
export const cleanCheckout = once(async () => {
  const copy = (await folder()).join('checkout');
  copyCheckout(copy);
  return copy;
});

/** What was mounted in there and left would be emptied with it. */
async function unmountBelow(place: string): Promise<void> {
  const mounted = (await readFile('/proc/self/mounts', 'utf8'))
    .split('\n')
    .map((mount) => mount.split(' ')[1] ?? '')
    .filter((point) => point.startsWith(`${place}/`));
  for (const point of mounted.reverse()) await run('umount', [point]);
}

/** `make`, called at most once; `begun` is what it gave, where it was called. */
function once<T>(make: () => Promise<T>): { (): Promise<T>; begun?: Promise<T> } {
  const made: { (): Promise<T>; begun?: Promise<T> } = () => {
    made.begun ??= make();
    return made.begun;
  };
  return made;
}
