/** What people say around what they ask for: it is in every question, and tells little about the answer. */

const CHINESE_QUESTIONS = [
  '能不能',
  '可不可以',
  '是不是',
  '有没有',
  '为什么',
  '怎么办',
  '怎么样',
  '什么时候',
  '怎么',
  '怎样',
  '如何',
  '什么',
  '多少',
  '哪里',
  '哪些',
  '哪个',
  '能否',
  '是否',
  '多长时间',
  '多久',
  '多长',
  '多远',
  '多大',
  '多快',
  '几天',
  '几点',
  '几个',
  '几时',
  '何时',
];
const CHINESE_COURTESIES = [
  '请问一下',
  '你们的',
  '我们的',
  '请问',
  '可以',
  '你们',
  '我们',
  '他们',
  '这个',
  '那个',
  '一下',
  '告诉',
  '需要',
  '想要',
  '知道',
  '应该',
  '一个',
  '吗',
  '呢',
  '吧',
  '啊',
  '的',
  '了',
  '我',
  '你',
  '您',
  '他',
  '她',
  '它',
  '是',
  '在',
  '和',
  '与',
  '请',
  '要',
  '想',
];
const ENGLISH_QUESTIONS = 'how what when where which who whom whose why'.split(' ');
/** Of "how long" neither word is looked for; of "long sleeves" the first one is. */
const ENGLISH_PHRASES = /\bhow\s+(?:long|much|many|often|far|soon|fast|quickly|big|large|old)\b/g;
const ENGLISH_COURTESIES = (
  'a about am an and any are as at be by can could did do does for from get had has have he her his i if in is it its ' +
  'me may my of on or our please shall she should so tell than that the their them there they this those to us was we ' +
  'were will with would you your hello hi hey thank thanks want wants need needs take takes happen happens possible know'
).split(' ');

const ENGLISH = new Set([...ENGLISH_QUESTIONS, ...ENGLISH_COURTESIES]);
const CHINESE = [...CHINESE_QUESTIONS, ...CHINESE_COURTESIES].sort((one, other) => other.length - one.length);

/** Words that are passed over; the Chinese ones are cut out of runs of characters, the longest first. */
export const FILLERS = {
  within: new RegExp(`${CHINESE.join('|')}|${ENGLISH_PHRASES.source}`, 'g'),
  words: ENGLISH as ReadonlySet<string>,
  /** Of `within` those that are no single character: 在 is also half of 存在, and 是 of 但是. */
  phrases: new RegExp(`${CHINESE.filter((filler) => filler.length > 1).join('|')}|${ENGLISH_PHRASES.source}`, 'g'),
};

/** Of what courtesies are made of, as the mainland writes it; and to whom politely is to whom. */
const WRITTEN = new Map([...'您你請请問问謝谢嗎吗'.matchAll(/(.)(.)/gu)].map(([, from = '', to = '']) => [from, to]));
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
/** What a question begins with: "hello kitty bags" does not greet. */
const BEGINNING =
  '(?=$| (?:am|are|can|could|do|does|did|has|have|how|i|if|is|may|my|please|shall|should|thanks|thank|was|we|were|what|when|where|which|who|whose|why|will|would)\\b)';
const ENGLISH_BEFORE = [
  new RegExp(
    `^(?:hello|hi|hey|greetings|good (?:morning|afternoon|evening|day)|dear (?:team|all|sirs?|madam)|excuse me|pardon|sorry)(?: there| all| team| everyone)?${BEGINNING}`,
  ),
  new RegExp(`^(?:thank you|thanks)(?: (?:very much|so much|a lot|in advance))?${BEGINNING}`),
  /^(?:please|kindly)\b/,
  new RegExp(`^(?:can|could|would|will) you (?:please |kindly )?(?:tell me|let me know)${ASKING}`),
  new RegExp(`^(?:please )?(?:tell me|let me know)${ASKING}`),
  new RegExp(`^i(?:'d| would) like to (?:know|ask)${ASKING}`),
  new RegExp(`^(?:i (?:want|wanted) to (?:know|ask)|i was wondering|may i ask|do you know)${ASKING}`),
];
const ENGLISH_AFTER = [/\b(?:thank you|thanks)(?: (?:very much|so much|a lot|in advance|everyone))?$/, /\bplease$/];
const ENGLISH_WITHIN = [/\bplease\b/g, /\bthe\b/g];

/** What says nothing of what is asked for, and nothing else; in folded text. */
export const COURTESIES = {
  written: WRITTEN as ReadonlyMap<string, string>,
  everywhere: [...CHINESE_WITHIN, ...ENGLISH_WITHIN],
  atEnds: [...CHINESE_BEFORE, ...ENGLISH_BEFORE, ...CHINESE_AFTER, ...ENGLISH_AFTER],
};
