/**
 * Who answers for the package: its builder, in the variables that Debian's own tools read. Without them nobody does, and `.invalid` is
 * the domain in which nobody can have an address.
 */
const MAINTAINER = `${process.env.DEBFULLNAME || 'peerdex contributors'} <${process.env.DEBEMAIL || 'contributors@peerdex.invalid'}>`;

export interface Built {
  readonly version: string;
  readonly architecture: string;
  /** What it takes when installed. */
  readonly kilobytes: number;
  /** `Depends` of what the executable is linked against. */
  readonly libraries: string;
}

/** DEBIAN/control. Its scripts call adduser. */
export const control = ({ version, architecture, kilobytes, libraries }: Built): string => `Package: peerdex
Version: ${version}
Architecture: ${architecture}
Maintainer: ${MAINTAINER}
Installed-Size: ${kilobytes}
Depends: ${libraries}, adduser
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
Copyright: peerdex contributors
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

/**
 * What lintian finds and is meant so. The executable is Node, with its libraries inside. Units are enabled by people with systemctl,
 * and so are disabled. A peer's settings can have a link to join with.
 */
export const OVERRIDES = `peerdex: embedded-library
peerdex: hardening-no-pie
peerdex: maintainer-script-calls-systemctl
peerdex: non-standard-file-perm 0600 != 0644 [etc/peerdex/peer.env]
`;
