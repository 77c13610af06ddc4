/**
 * Whether two texts ask for the same. An approved answer is given without a model, so it must never answer another question:
 * greetings, thanks and the like are passed over, and nothing else. Who does something to whom, from where to where, numbers
 * and what is denied stay as they stand.
 */
import { folded } from './terms.ts';

export function isSameQuestion(one: string, other: string): boolean {
  const asked = plainQuestion(one);
  return asked !== '' && asked === plainQuestion(other);
}

/** Points and commas within numbers end nothing. */
const ENDS = /[\n!?;。、…]+|(?<!\p{N})[,.:]+|[,.:]+(?!\p{N})/u;
const BETWEEN_HAN = /(?<=\p{Script=Han})\s+|\s+(?=\p{Script=Han})/gu;
/** Each Chinese character, numbers with what stands in them, words with their apostrophes, and signs: `5 €`, `50 %`, `C++`, `-5`. */
const TOKENS =
  /\p{Script=Han}|(?:(?<![\p{L}\p{N}])-)?\p{N}+(?:[.,:/-]\p{N}+)*|(?:(?!\p{Script=Han})[\p{L}\p{M}])+(?:'\p{L}+)*|[\p{S}%&#@*]/gu;
/** Of what courtesies are made of, as the mainland writes it; and to whom politely is to whom. */
const WRITTEN: Readonly<Record<string, string>> = { 您: '你', 請: '请', 問: '问', 謝: '谢', 嗎: '吗' };
/** Faces and folded hands. */
const FACES = /[\u{1f600}-\u{1f64f}\u{1f44d}]|\ufe0f/gu;

/** At the beginning of a sentence, before anything else. */
const CHINESE_BEFORE = [
  /^(?:你好|你们好|大家好|早上好|上午好|中午好|下午好|晚上好|早安|嗨|哈喽|在吗)(?![看吃用玩听像多久笨])/,
  /^(?:不好意思|打扰一下|打扰了|打扰|劳驾|麻烦问一下|麻烦一下|麻烦你|谢谢你们|谢谢你|谢谢|多谢|亲爱的)/,
  /^(?:请问|请教|我想请问|我想问|想问|我想知道|我要问|问)(?:一下|下(?!午))?/,
  /^请(?![假客求帖柬]|病假)/,
  /^(?:可以|能|能不能|麻烦)告诉我(?:一下)?/,
];
const CHINESE_AFTER = [
  /(?<![说写用道])(?:谢谢你们|谢谢你|谢谢了|谢谢啦|谢谢|多谢|感谢|麻烦了|拜托了)$/,
  /(?<![毛花])呢$|[吗啊呀嘛]$/,
];
/** In the middle: 要多久 is 多久, and of the business 你们 says nothing where only the business can be meant. */
const CHINESE_WITHIN = [
  /请问(?:一下)?/g,
  /你们(?:的)?(?=几点(?:开门|关门|营业|上班|下班|打烊)|营业|有没有|在哪|店|公司|的?(?:退款|退货|运费|客服|价格|服务|政策|电话))/g,
  /要(?=多久|多长时间|多少|几天|几个)/g,
];

const ASKING = '(?= (?:how|what|when|where|which|who|whom|whose|why|if|whether)\\b)';
const ENGLISH_BEFORE = [
  /^(?:hello|hi|hey|greetings|good (?:morning|afternoon|evening|day)|dear (?:team|all|sirs?|madam)|excuse me|pardon|sorry)(?: there| all| team| everyone)?\b/,
  /^(?:thank you|thanks)(?: (?:very much|so much|a lot|in advance))?\b/,
  /^(?:please|kindly)\b/,
  new RegExp(`^(?:can|could|would|will) you (?:please |kindly )?(?:tell me|let me know)${ASKING}`),
  new RegExp(`^(?:please )?(?:tell me|let me know)${ASKING}`),
  new RegExp(`^i(?:'d| would) like to (?:know|ask)${ASKING}`),
  new RegExp(`^(?:i (?:want|wanted) to (?:know|ask)|i was wondering|may i ask|do you know)${ASKING}`),
];
const ENGLISH_AFTER = [/\b(?:thank you|thanks)(?: (?:very much|so much|a lot|in advance|everyone))?$/, /\bplease$/];
const ENGLISH_WITHIN = [/\bplease\b/g, /\bthe\b/g];

const EVERYWHERE = [...CHINESE_WITHIN, ...ENGLISH_WITHIN];
const AT_ENDS = [...CHINESE_BEFORE, ...ENGLISH_BEFORE, ...CHINESE_AFTER, ...ENGLISH_AFTER];

/** What is left of it, as words; all of it when it is nothing but courtesies. */
function plainQuestion(text: string): string {
  const parts = folded(text)
    .replace(/[’`´]/g, "'")
    .replace(/[您請問謝嗎]/g, (sign) => WRITTEN[sign] ?? sign)
    .replace(FACES, ' ')
    .split(ENDS)
    .map((part) => part.replace(/\s+/g, ' ').replace(BETWEEN_HAN, '').trim());
  const telling = parts.map((part) => wordsIn(withoutCourtesies(part))).filter(Boolean);
  return telling.length > 0 ? telling.join(' | ') : parts.map(wordsIn).filter(Boolean).join(' | ');
}

/** One courtesy after the other is taken from its ends, as long as there is one. */
function withoutCourtesies(part: string): string {
  let left = EVERYWHERE.reduce((text, courtesy) => text.replace(courtesy, ''), part).trim();
  for (let before = ''; before !== left; ) {
    before = left;
    for (const courtesy of AT_ENDS) left = left.replace(courtesy, '').trim();
  }
  return left.replace(/ +/g, ' ');
}

function wordsIn(text: string): string {
  return (text.match(TOKENS) ?? []).join(' ');
}
