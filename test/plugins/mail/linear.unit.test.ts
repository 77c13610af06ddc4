/**
 * Nothing that reads mail takes more than twice the work for twice the mail, whatever is in it. Work is counted in steps
 * (characters that were scanned, blocks of code that were run), not in seconds. What a regular expression tries again in one
 * match nobody counts: a mail so large that it would not be done with in the time of a test shows it.
 */
import assert from 'node:assert/strict';
import { withoutDepth } from '#plugins/mail/messages/parser/depth.ts';
import { linksOf, textOf } from '#plugins/mail/messages/parser/html.ts';
import { createScanner } from '#plugins/mail/messages/parser/scanner.ts';
import { hostile } from '#test/support/hostile-mail.ts';
import { work as mailWork } from '#test/support/mail-work.ts';
import { createSteps, type Steps } from '#test/support/steps.ts';

const KB = 1024;
const MOST = 2.5;
/** Below this the beginning of the work weighs more than the size. */
const FEW_STEPS = 20_000;

/** Done with in less than a second; a pattern that tries again from every place takes a minute and more. */
const LARGE = 256 * KB;

/** Of HTML: what scans all of it from every one of them takes hundreds of times as many steps as it may. */
const UNITS = 2_000;

/** What HTML may consist of. */
const HTML: Record<string, string> = {
  brackets: '<',
  style: '<style',
  'style with a space': '<style ',
  links: '<a ',
  'half links': '<a href="',
  scripts: '<script ',
  'whole scripts': '<script>',
  comments: '<!--',
  'nearly closed comments': '<!-- --',
  'nested elements': '<div><b>',
  'loose elements': '<p><li>',
  'ends alone': '</div></p>',
  'all in turn': '<style><script><!--<a ><title><template></b>',
};

describe('work for mail that doubles', () => {
  let steps: Steps;
  before(() => {
    steps = createSteps(new URL('../../support/mail-work.ts', import.meta.url));
  });
  after(() => steps.close());

  for (const [what, unit] of Object.entries(HTML)) {
    it(`scans ${what} a fixed number of times for text, links and depth`, () => {
      for (const html of [unit.repeat(UNITS), `${unit.repeat(UNITS)}>`, `${unit.repeat(UNITS)}</style>-->`]) {
        for (const scan of [textOf, (text: string, by: any) => linksOf(text, '', by), withoutDepth]) {
          const scanner = createScanner(html);
          scan(html, scanner);
          assert.ok(scanner.steps() <= 10 * html.length, `${scanner.steps()} steps for ${html.length} characters`);
        }
      }
    });
  }

  for (const what of Object.keys(mailWork)) {
    it(`takes at most ${MOST} times the steps when hostile mail of twice the size is ${what}`, async () => {
      // What is done once only.
      await steps.count(what, hostile['deep elements']!(KB));
      for (const [kind, make] of Object.entries(hostile)) {
        const once = await steps.count(what, make(30 * KB));
        const twice = await steps.count(what, make(60 * KB));
        assert.ok(twice <= Math.max(FEW_STEPS, MOST * once), `${kind}: ${once} steps, then ${twice}`);
      }
    }).timeout(60_000);

    for (const [kind, make] of Object.entries(hostile))
      it(`comes to an end when ${kind} are ${what}`, async () => {
        await mailWork[what]?.(make(LARGE));
      });
  }
});
