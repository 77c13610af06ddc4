/** Which texts ask for the same: an approved answer is given to these without a model, and to no others. */
import assert from 'node:assert/strict';
import { isSameQuestion } from '#plugins/ai-replies/knowledge/duplicate-questions.ts';

const SAME = [
  ['可以退款吗', '请问可以退款吗？'],
  ['几点开门', '请问你们几点开门？'],
  ['几点开门', '你好，请问一下几点开门呢'],
  ['几点开门', '您好请问几点开门'],
  ['几点开门', '几点开门，谢谢！'],
  ['几点开门', '几点 开门？谢谢您'],
  ['退款要多久', '你们的退款多久'],
  ['我的订单在哪里', '不好意思，我的订单在哪里啊'],
  ['您能开发票吗', '你能开发票吗'],
  ['運費多少', '請問運費多少嗎？謝謝'],
  ['When do you deliver?', 'when do you DELIVER'],
  ['When do you deliver?', 'Hello, when do you deliver? Thanks!'],
  ['When do you deliver?', 'Hi there! Please, when do you deliver'],
  ['When do you deliver?', 'when do you deliver please 🙏'],
  ['Where is the entrance?', 'Good morning, can you tell me where is the entrance, thank you very much'],
  ['Do you ship to Sweden?', 'Please, do you ship to Sweden?'],
  ["Can't I pay later?", 'Can’t I pay later?'],
  ['Ünder which number?', 'under which number'],
  ['Does it cost 1,000 €?', 'does it cost 1,000€'],
  ['你好', '你好！'],
  ['Is it new?', 'Hello is it new'],
] as const;

const OTHER = [
  // Who does it, and whose it is.
  ['Do I pay the shipping?', 'Do you pay the shipping?'],
  ['Can I cancel the order?', 'Can you cancel the order?'],
  ['Where is my parcel?', 'Where is your parcel?'],
  ['Can he return it?', 'Can she return it?'],
  ['Will they call us?', 'Will we call them?'],
  ['What is my address?', 'What is our address?'],
  ['我要付运费吗', '你要付运费吗'],
  ['我要付运费吗', '你们要付运费吗'],
  ['要付运费吗', '你们要付运费吗'],
  ['我的地址是什么', '你们的地址是什么'],
  ['他可以退货吗', '她可以退货吗'],
  ['你们给我退款吗', '我给你们退款吗'],
  ['我可以取消订单吗', '我们可以取消订单吗'],
  // From where to where.
  ['Ship from Berlin to Paris', 'Ship from Paris to Berlin'],
  ['Do you ship to China?', 'Do you ship from China?'],
  ['Can I change from plus to basic?', 'Can I change to plus from basic?'],
  ['从北京到上海多少钱', '从上海到北京多少钱'],
  ['可以寄到北京吗', '可以从北京寄吗'],
  ['Is it cheaper with a card?', 'Is it cheaper without a card?'],
  ['Open before noon?', 'Open after noon?'],
  ['Can A pay for B?', 'Can B pay for A?'],
  // What is denied, may be, must be, and was.
  ['Can I return it?', "Can't I return it?"],
  ['Can I return it?', 'Can I not return it?'],
  ['Do I have to pay?', "Don't I have to pay?"],
  ['May I return it?', 'Must I return it?'],
  ['Did you ship my order?', 'Do you ship my order?'],
  ['Are you open?', 'Were you open?'],
  ['可以退款吗', '不可以退款吗'],
  ['可以退款吗', '可以不退款吗'],
  ['能取消吗', '不能取消吗'],
  ['需要付费吗', '不需要付费吗'],
  ['需要发票吗', '想要发票吗'],
  ['发货了吗', '发货吗'],
  ['有酒吗', '有酒吧吗'],
  // What it is about.
  ['可以退款吗', '可以退货吗'],
  ['星期六的营业时间是什么', '星期日的营业时间是什么'],
  ['When do you deliver?', 'Where do you deliver?'],
  ['Are you open on Saturday?', 'Are you open on Sunday?'],
  ['请假怎么办', '假怎么办'],
  ['Hello Kitty bags in stock?', 'Kitty bags in stock?'],
  [`${'你好'.repeat(2_000)}几点开门`, '几点开门'],
  ['下午几点开门', '几点开门'],
  ['Do you sell vitamin A?', 'Do you sell vitamin?'],
  // Numbers and signs.
  ['Is order 4711 paid?', 'Is order 4712 paid?'],
  ['Is 1.5 kg enough?', 'Is 15 kg enough?'],
  ['Does it cost 5 €?', 'Does it cost 5 $?'],
  ['Is 50 % off?', 'Is 50 off?'],
  ['Does it work at -5?', 'Does it work at 5?'],
  ['Do you teach C?', 'Do you teach C++?'],
  ['Is 12 3 my number?', 'Is 1 23 my number?'],
  // The end of a long one.
  [`${'very '.repeat(60)}cheap?`, `${'very '.repeat(60)}dear?`],
  ['谢谢', '你好'],
  ['?', '!'],
] as const;

describe('the same question', () => {
  for (const [pairs, isSame] of [
    [SAME, true],
    [OTHER, false],
  ] as const)
    for (const [one, other] of pairs)
      it(`“${one.slice(-60)}” is ${isSame ? 'the same as' : 'another than'} “${other.slice(-60)}”`, () => {
        assert.equal(isSameQuestion(one, other), isSame);
        assert.equal(isSameQuestion(other, one), isSame);
      });
});
