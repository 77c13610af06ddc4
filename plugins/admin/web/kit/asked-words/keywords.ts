/** What a question is made of beside what is asked for, in both languages. */
export const SMALL = new Set(
  'a an and are can do does for from how i in is it me my of on or our set that the this to up was we what when where which who why with you your'.split(
    ' ',
  ),
);
export const SMALL_CHINESE = /请问|为什么|什么|如何|怎么样?|怎样|哪里|哪儿|在哪|设置|配置|我的?|的|吗|呢/gu;
