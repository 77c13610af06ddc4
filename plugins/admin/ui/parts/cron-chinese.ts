/** What cronstrue says in Chinese, as people say it: `在05:13, 仅星期日` is `每周日 05:13`. */

const DAYS: readonly [RegExp, string][] = [
  [/星期/g, '周'],
  [/ 和 /g, '和'],
  [/^仅周/, '每周'],
  [/^限每月 (\d+) 号$/, '每月 $1 日'],
];

export function cronInChinese(said: string): string {
  const text = said.replaceAll(', ', '，');
  const [, time, days] = /^在(\d\d:\d\d)(?:，(.+))?$/.exec(text) ?? [];
  if (time !== undefined) return `${days === undefined ? '每天' : daysIn(days)} ${time}`;
  return text
    .replace(/^在整点后的第 (\d+) 分钟$/, '每小时第 $1 分')
    .replace(/^整点，每隔 (\d+) 小时$/, '每 $1 小时')
    .replace(/^每隔 /, '每 ');
}

function daysIn(text: string): string {
  return DAYS.reduce((days, [pattern, words]) => days.replace(pattern, words), text);
}
