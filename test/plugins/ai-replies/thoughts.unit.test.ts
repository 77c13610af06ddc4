/** What models write of their thinking is taken out of what they say, whichever marks they use. */
import assert from 'node:assert/strict';
import { withoutThoughts } from '#plugins/ai-replies/models/reasoning.ts';
import { createSteps, type Steps } from '#test/support/steps.ts';

const CASES: Record<string, [written: string, said: string]> = {
  'nothing but words': [' We open at nine. ', ' We open at nine. '],
  'thoughts before': ['<think>Who asks?</think>\n\nWe open at nine.', 'We open at nine.'],
  'thoughts in between': ['Plain <think>yes</think>words', 'Plain words'],
  'several thoughts': ['<think>a</think>One <THINK>b</THINK>two<thinking>c</thinking>.', 'One two.'],
  'thoughts about the marks themselves': [
    '<think>I am to use <think> here</think>We open at nine.',
    'We open at nine.',
  ],
  'an end that its template has begun': ['The user asks when.\n</think>\n\nWe open at nine.', 'We open at nine.'],
  'an end more than was begun': ['<think>a</think> b </think>We open at nine.', 'We open at nine.'],
  'thoughts that never end': ['<think>Who asks, and why', ''],
  'words before thoughts that never end': ['We open at nine. <think>Or is it', 'We open at nine.'],
  'marks of Mistral': ['[THINK]Who asks?[/THINK]We open at nine.', 'We open at nine.'],
  'marks of Kimi': ['◁think▷Who asks?◁/think▷We open at nine.', 'We open at nine.'],
  'marks of Doubao': ['<seed:think>Who asks?</seed:think>We open at nine.', 'We open at nine.'],
  'a folded part of Dify': [
    '<details style="color:gray;" open> <summary> Thinking... </summary>\nWho asks?\n</details>We open at nine.',
    'We open at nine.',
  ],
  'a folded part that is none': [
    '<details><summary>More</summary>Rooms</details>',
    '<details><summary>More</summary>Rooms</details>',
  ],
  'channels of gpt-oss': [
    '<|channel|>analysis<|message|>Who asks?<|end|><|start|>assistant<|channel|>final<|message|>We open at nine.<|return|>',
    'We open at nine.',
  ],
  'a channel that nobody reads': ['<|channel|>analysis<|message|>Who asks?', ''],
};

const MARKS = [
  '<think>',
  '</think>',
  '<details><summary>Thinking',
  '<details><summary>Thinking</details>',
  '<details ',
  '<|channel|>a<|message|>',
  '<|channel|>',
];

describe('thoughts of models', () => {
  let steps: Steps;
  before(() => {
    steps = createSteps(new URL('./guard-work.ts', import.meta.url));
  });
  after(() => steps.close());

  for (const [what, [written, said]] of Object.entries(CASES))
    it(`are taken out of ${what}`, () => assert.equal(withoutThoughts(written), said));

  for (const mark of MARKS)
    it(`are looked for in one pass, however often ${mark} comes`, async () => {
      const once = await steps.count('freed of thoughts', mark.repeat(10_000 / mark.length));
      const twice = await steps.count('freed of thoughts', mark.repeat(20_000 / mark.length));
      assert.ok(twice <= 2.5 * once, `${once} steps, then ${twice}`);
      // What a pattern tries again is not counted: this would never end.
      withoutThoughts(mark.repeat(2_000_000 / mark.length));
    });
});
