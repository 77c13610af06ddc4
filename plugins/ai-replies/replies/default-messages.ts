/** What robots say of themselves, where nobody has set other sentences: in the language of who they speak to. */
import type { Policy } from './policy.ts';

export type SentenceName = keyof Policy['sentences'];

const BUILT_IN: Record<SentenceName, { en: string; zh: string }> = {
  handover: { en: 'A colleague will take care of this in a moment.', zh: '马上为您转接人工客服，请稍候。' },
  closed: {
    en: 'A colleague will take care of this. Nobody is here at the moment; we will answer as soon as we are back.',
    zh: '已为您转接人工客服。现在是非工作时间，我们上班后会尽快回复您。',
  },
  unknown: {
    en: 'Sorry, I do not know that. Write "a person please" if a colleague should answer.',
    zh: '抱歉，这个问题我暂时无法回答。如需人工服务，请回复“人工”。',
  },
  refused: { en: 'Sorry, I cannot help with that.', zh: '抱歉，这个问题我无法回答。' },
};

/** The sentence of the policy, or that of the platform in the language of what was said. */
export function sentenceOf(policy: Policy, name: SentenceName, said: string): string {
  const own = policy.sentences[name];
  if (own !== '') return own;
  return /\p{Script=Han}/u.test(said) ? BUILT_IN[name].zh : BUILT_IN[name].en;
}
