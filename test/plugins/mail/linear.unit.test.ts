/**
 * Nothing that reads mail takes more than twice the work for twice the mail, whatever is in it. Work is counted in steps
 * (characters that were scanned, blocks of code that were run), not in seconds; regular expressions, whose steps nobody
 * counts, by the processor time of four times the size.
 */
import assert from 'node:assert/strict';
import { withoutDepth } from '#plugins/mail/services/parser/depth.ts';
import { linksOf, textOf } from '#plugins/mail/services/parser/html.ts';
import { createScanner } from '#plugins/mail/services/parser/scanner.ts';
import { hostile } from '#test/support/hostile-mail.ts';
import { createMailSteps, type MailSteps } from '#test/support/mail-steps.ts';
import { mailWork } from '#test/support/mail-work.ts';

const KB = 1024;
const MOST = 2.5;
/** Below this the beginning of the work weighs more than the size. */
const FEW_STEPS = 20_000;

/** Size in KB from which on too much work is seen in time, where it is not 32. */
const SHOWS_AT: Record<string, number> = { 'made safe': 128 };

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
  let steps: MailSteps;
  before(() => {
    steps = createMailSteps();
  });
  after(() => steps.close());

  for (const [what, unit] of Object.entries(HTML)) {
    it(`scans ${what} a fixed number of times for text, links and depth`, () => {
      for (const html of [unit.repeat(10_000), `${unit.repeat(10_000)}>`, `${unit.repeat(10_000)}</style>-->`]) {
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
        const once = await steps.count(what, make(32 * KB));
        const twice = await steps.count(what, make(64 * KB));
        assert.ok(twice <= Math.max(FEW_STEPS, MOST * once), `${kind}: ${once} steps, then ${twice}`);
      }
    }).timeout(60_000);

    it(`takes far less than sixteen times the time of the processor when mail of four times the size is ${what}`, async () => {
      for (const [kind, make] of Object.entries(hostile)) {
        const bytes = (SHOWS_AT[what] ?? 32) * KB;
        const once = await processorMs(() => mailWork[what]?.(make(bytes)));
        const fourTimes = await processorMs(() => mailWork[what]?.(make(4 * bytes)));
        assert.ok(fourTimes <= Math.max(60, 9 * once), `${kind}: ${once} ms, then ${fourTimes} ms`);
      }
    }).timeout(60_000);
  }
});

/** The least of three, which the other programs of the machine disturb least. */
async function processorMs(work: () => unknown): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let count = 0; count < 3; count++) {
    const before = process.cpuUsage();
    await work();
    least = Math.min(least, process.cpuUsage(before).user / 1000);
    if (least < 60) break;
  }
  return least;
}
