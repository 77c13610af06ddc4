/** A release: its section of the changelog, and an image only where one can be built. */
import assert from 'node:assert/strict';
import { hasSection, released } from '#scripts/release/changelog.ts';
import { buildImage } from '#scripts/release/image.ts';

const CHANGELOG = '# Changelog\n\n## [Unreleased]\n\n### Added\n- One\n\n## [0.1.0] - 2026-01-01\n\n- Zero\n';

describe('a release', () => {
  it('turns what is unreleased into the section of its version', () => {
    const { changelog, notes } = released(CHANGELOG, '0.2.0', '2026-02-02');
    assert.equal(notes, '### Added\n- One\n');
    assert.ok(changelog.includes('## [Unreleased]\n\n## [0.2.0] - 2026-02-02\n\n### Added\n- One\n\n## [0.1.0]'));
    assert.ok(hasSection(changelog, '0.2.0') && !hasSection(CHANGELOG, '0.2.0'));
  });

  it('is refused when nothing has changed, and when there was one of that version', () => {
    assert.throws(() => released(CHANGELOG.replace('### Added\n- One\n', ''), '0.2.0', '2026-02-02'), /says nothing/);
    assert.throws(() => released(CHANGELOG, '0.1.0', '2026-02-02'), /section of 0\.1\.0 already/);
  });

  it('says why there is no image, where no builder is', () => {
    const path = process.env.PATH;
    process.env.PATH = '';
    try {
      assert.deepEqual(buildImage('/', '/', '0.2.0'), { reason: 'neither a running docker nor buildah is here' });
    } finally {
      process.env.PATH = path;
    }
  });
});
