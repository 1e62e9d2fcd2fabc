/** Command lines of the documents that the test does not run, and why. One that no document has any more fails the test. */
export const NOT_RUN: readonly (readonly [line: RegExp, reason: string])[] = [
  [/^npm ci && npm start\b/, 'installs; what `npm start` runs is run as `peerdex start`'],
  [/^npm ci && npm test\b/, 'installs, and this is the test'],
  [
    /^(npm run|node_modules\/\.bin\/node) /,
    'for who works on peerdex: builds, benchmarks, a server for development, tests',
  ],
  [/^peerdex mirror (?!.*--once)/, 'follows changes until Ctrl-C'],
  [/^(npm version|npm test -- |git push|npm publish)/, 'makes a release'],
  [/^sudo systemctl\b/, 'wants systemd and the Debian package'],
  [/^journalctl\b/, 'wants systemd, and ends only by Ctrl-C'],
];
