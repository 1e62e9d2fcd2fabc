const MAINTAINER = 'The peerdex authors <peerdex@example.org>';

/** What the executable is linked against, and what its scripts call. */
const DEPENDS = 'libc6 (>= 2.34), libstdc++6 (>= 12), libgcc-s1, libatomic1, adduser';

/** DEBIAN/control. `kilobytes`: what it takes when installed. */
export const control = (version: string, architecture: string, kilobytes: number): string => `Package: peerdex
Version: ${version}
Architecture: ${architecture}
Maintainer: ${MAINTAINER}
Installed-Size: ${kilobytes}
Depends: ${DEPENDS}
Recommends: systemd
Section: net
Priority: optional
Description: find files in a fleet of machines and fetch them from every holder
 peerdex moves files among machines without a central file server. A registry
 knows which peers are active; each peer shares folders, keeps an index of what
 all of them share, and fetches a file from every holder at once. Every part is
 verified before it is used.
`;

export const copyright = (
  license: string,
): string => `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: peerdex
Comment: usr/bin/peerdex contains Node.js and packages of npm under licences of
 their own, all of them free.

Files: *
Copyright: the peerdex authors
License: Expat
${license
  .trim()
  .split('\n')
  .map((line) => (line.trim() === '' ? ' .' : ` ${line}`))
  .join('\n')}
`;

export const changelog = (version: string): string => `peerdex (${version}) unstable; urgency=medium

  * CHANGELOG.md of the source has what is new.

 -- ${MAINTAINER}  Thu, 01 Jan 2026 00:00:00 +0000
`;

/** What lintian finds and is meant so: the executable is Node, with its libraries inside. */
export const OVERRIDES = `peerdex: embedded-library
peerdex: hardening-no-pie
`;
