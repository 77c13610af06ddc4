import { describeEveryPage } from './support/every-page.ts';

describeEveryPage([
  { language: 'zh', scheme: 'dark', width: 'phone', withAxe: true },
  { language: 'en', scheme: 'light', width: 'phone', withAxe: false },
]);
