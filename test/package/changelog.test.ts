import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { releaseChangelog } from '../../packaging/release/changelog.ts';

const HEAD = '# Changelog\n\nWords.\n\n';
const release = (text: string) => releaseChangelog(text, '0.2.0', '2027-01-31');

describe('the changelog at a release', () => {
  it("moves what is unreleased under the version and its date, and leaves the others' lines", () => {
    const before = `${HEAD}## [Unreleased]\n\n### Added\n\n- one\n  more\n- two\n\n### Fixed\n\n- three\n\n## [0.1.0] - 2026-12-01\n\n### Added\n\n- zero\n`;
    const after = `${HEAD}## [Unreleased]\n\n## [0.2.0] - 2027-01-31\n\n### Added\n\n- one\n  more\n- two\n\n### Fixed\n\n- three\n\n## [0.1.0] - 2026-12-01\n\n### Added\n\n- zero\n`;
    assert.equal(release(before), after);
    assert.throws(() => release(after), /nothing stands under|has 0\.2\.0 already/);
  });

  it('joins what stands under the version without a date', () => {
    const before = `${HEAD}## [Unreleased]\n\n### Fixed\n\n- new\n\n## [0.2.0] - unreleased\n\n### Added\n\n- old\n\n### Fixed\n\n- older\n`;
    assert.equal(
      release(before),
      `${HEAD}## [Unreleased]\n\n## [0.2.0] - 2027-01-31\n\n### Added\n\n- old\n\n### Fixed\n\n- new\n- older\n`,
    );
  });

  it('refuses what it would lose or mix up', () => {
    for (const [section, why] of [
      ['', /nothing stands under/],
      ['\nLoose words.\n', /in no list/],
      ['\n### Improved\n\n- it\n', /has a list ### Improved/],
      ['\n### Added\n\n- it\n\n## [0.2.0] - 2026-01-01\n', /has 0\.2\.0 already/],
    ] as const)
      assert.throws(() => release(`${HEAD}## [Unreleased]\n${section}`), why);
    assert.throws(() => release(HEAD), /has no ## \[Unreleased\]/);
  });

  it("takes the project's own, and keeps every line of it", () => {
    const own = readFileSync('CHANGELOG.md', 'utf8');
    const lines = (text: string) => text.split('\n').filter((line) => /^( |- )/.test(line));
    assert.deepEqual(lines(release(own)).toSorted(), lines(own).toSorted());
  });
});
