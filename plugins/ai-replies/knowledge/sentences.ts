/** What people say around what they ask for: it is in every question, and tells little about the answer. */

const CHINESE_QUESTIONS = [
  ...[
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
  ],
  ...['多少', '哪里', '哪些', '哪个', '能否', '是否'],
  ...['多长时间', '多久', '多长', '多远', '多大', '多快', '几天', '几点', '几个', '几时', '何时'],
];
const CHINESE_COURTESIES = [
  ...[
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
  ],
  ...[
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
  ],
  ...['请', '要', '想'],
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
};
