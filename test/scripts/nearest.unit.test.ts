import assert from 'node:assert/strict';
import { nearestFirst } from '#scripts/testing/nearest.ts';

const TESTS = [
  'test/core/lists.test.ts',
  'test/plugins/mail/rules.test.ts',
  'test/plugins/robots/inbox.test.ts',
  'test/plugins/mail/spam.test.ts',
];

describe('the tests that come first when there is a minute', () => {
  it('are those that changed together with a file before, and not those of commits that change everything', () => {
    const commits = [
      ['plugins/mail/filing/scores.ts', 'test/plugins/mail/rules.test.ts'],
      ['plugins/mail/filing/scores.ts', 'test/plugins/mail/rules.test.ts', 'plugins/mail/other.ts'],
      ['plugins/mail/other.ts', 'test/plugins/robots/inbox.test.ts'],
      Array.from({ length: 100 }, (_, n) => `plugins/mail/file-${n}.ts`).concat(
        'plugins/mail/filing/scores.ts',
        ...TESTS,
      ),
    ];
    const ordered = nearestFirst(TESTS, ['plugins/mail/filing/scores.ts'], commits);
    assert.deepEqual(ordered.slice(0, 2), ['test/plugins/mail/rules.test.ts', 'test/plugins/mail/spam.test.ts']);
  });

  it('are without a history those of the same name and room', () => {
    assert.equal(nearestFirst(TESTS, ['plugins/robots/inbox/routes.ts'], [])[0], 'test/plugins/robots/inbox.test.ts');
    assert.equal(nearestFirst(TESTS, ['core/lists/list-route.ts'], [])[0], 'test/core/lists.test.ts');
  });

  it('are above all those that were changed themselves', () => {
    const changed = ['plugins/mail/rules/service.ts', 'test/core/lists.test.ts'];
    assert.equal(nearestFirst(TESTS, changed, [])[0], 'test/core/lists.test.ts');
  });
});
