import { readFileSync } from 'node:fs';

/**
 * What Debian has to bring for an executable: `Depends` of the libraries that it and the addons inside ask for, each with the version
 * that has the newest symbols asked for, such as `libc6 (>= 2.28)`. They stand in the file as `GLIBC_2.28`, ended by a zero.
 */
export function librariesOf(executable: string): string {
  const asked = new Map<string, string>();
  const names = readFileSync(executable, 'latin1').match(
    /(?<=\0)(?:GLIBC|GLIBCXX|CXXABI|GCC|LIBATOMIC)_\d+(?:\.\d+)*(?=\0)/g,
  );
  for (const name of new Set(names)) {
    const [library, version] = debianOf(name);
    if (compare(version, asked.get(library) ?? '0') > 0) asked.set(library, version);
  }
  if (!asked.has('libc6'))
    throw new Error(`${executable} asks for no C library: is it an executable for Linux?`);
  return [...asked]
    .map(([library, version]) => `${library} (>= ${version})`)
    .sort()
    .join(', ');
}

/** The release of GCC whose library is the first with a name: its own table, https://gcc.gnu.org/onlinedocs/libstdc++/manual/abi.html */
const STANDARD_LIBRARY: Readonly<
  Record<string, { readonly from: number; readonly releases: readonly string[] }>
> = {
  GLIBCXX: {
    from: 21,
    releases: ['5.1', '6.1', '7.1', '7.2', '8', '9.1', '9.2', '9.3', '11.1', '12.1', '13.1', '13.2', '14.1'],
  },
  CXXABI: { from: 9, releases: ['5.1', '6.1', '7.1', '9.1', '11.1', '13.1', '14.1'] },
};

function debianOf(name: string): readonly [library: string, version: string] {
  const [kind, version = ''] = name.split('_');
  if (kind === 'GLIBC') return ['libc6', version];
  if (kind === 'GCC') return ['libgcc-s1', version];
  if (kind === 'LIBATOMIC') return ['libatomic1', '4.8'];
  const { from, releases } = STANDARD_LIBRARY[kind!]!;
  const place = Number(version.split('.')[2] ?? 0) - from;
  const release = place < 0 ? releases[0] : releases[place];
  if (release === undefined)
    throw new Error(`which libstdc++6 has ${name}? packaging/deb/libraries.ts has to know it`);
  return ['libstdc++6', release];
}

/** By numbers: 2.9 is below 2.28. */
const compare = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });
