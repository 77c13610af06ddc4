import { describeEveryPage } from './support/every-page.ts';

describeEveryPage([
  { language: 'en', scheme: 'light', width: 'desktop', withAxe: true },
  { language: 'zh', scheme: 'dark', width: 'desktop', withAxe: false },
]);
