/**
 * What models write of their thinking is for nobody's eyes. Providers that tell it apart (`reasoning_content`, blocks of thinking)
 * never bring it into the text; the others write it into their answer, between marks. A text is looked at when it is whole, so
 * that it does not matter in which pieces a mark has come.
 */

/** `<think>` and what others call it, `<seed:think>` (Doubao), `[THINK]` (Mistral), `◁think▷` (Kimi): either end of a pair. */
const MARK =
  /<(?<tag>\/?)(?:\w{1,20}:)?(?:think|thinking|thoughts?|reasoning|reflection)\s{0,9}>|\[(?<square>\/?)THINK\]|◁(?<arrow>\/?)think▷/gi;
/** What older versions of Dify make of `<think>`: a part that is folded. */
const FOLDED = /<details[^<>]{0,300}>\s{0,9}<summary>\s{0,9}Thinking/i;
const FOLDED_END = '</details>';
/** gpt-oss says in which channel it writes, where nobody else reads that: what is meant for others is in the last one. */
const CHANNEL = /<\|channel\|>\s{0,9}(\w{1,20})[^<]{0,100}<\|message\|>/g;
const CHANNEL_END = /<\|(?:end|return|call|start)\|>/;

/**
 * Without all of it. Of thoughts that never end nothing is left; where they end and nothing has begun them, the model was begun
 * with them by its template, and all before is thought.
 */
export function withoutThoughts(text: string): string {
  const whole = withoutFolded(ofLastChannel(text));
  let said = '';
  let from = 0;
  let isThinking = false;
  for (const { index, 0: mark, groups = {} } of whole.matchAll(MARK)) {
    const isEnd = Object.values(groups).includes('/');
    if (isEnd && !isThinking) said = '';
    if (!isEnd && !isThinking) said += whole.slice(from, index);
    isThinking = !isEnd;
    from = index + mark.length;
  }
  if (from === 0) return whole;
  return (isThinking ? said : said + whole.slice(from)).trim();
}

function withoutFolded(text: string): string {
  let rest = text;
  let said = '';
  for (let begin = FOLDED.exec(rest); begin; begin = FOLDED.exec(rest)) {
    said += rest.slice(0, begin.index);
    const end = rest.indexOf(FOLDED_END, begin.index);
    rest = end < 0 ? '' : rest.slice(end + FOLDED_END.length);
  }
  return said === '' && rest === text ? text : (said + rest).trim();
}

function ofLastChannel(text: string): string {
  const last = text.includes('<|channel|>') ? [...text.matchAll(CHANNEL)].at(-1) : undefined;
  if (!last) return text;
  const [said = ''] = last[1] === 'final' ? text.slice(last.index + last[0].length).split(CHANNEL_END) : [];
  return said.trim();
}
