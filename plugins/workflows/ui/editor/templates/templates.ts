/** Templates of the commonest automations: ready definitions, with the way in which each begins. */
import type { Entry } from '../triggers/entries.ts';

export interface Template {
  /** Of the ready definition. */
  name: string;
  entry: Entry;
  /** Without these it cannot work: it is offered where functions with such a first word are there. */
  needs: readonly string[];
}

/** The dearest first. */
export const TEMPLATES: readonly Template[] = [
  { name: 'answer-by-ai', entry: 'mail', needs: ['mail', 'ai'] },
  { name: 'attachment-to-program', entry: 'mail', needs: ['mail'] },
  { name: 'forward-codes', entry: 'mail', needs: ['mail'] },
  { name: 'classify-and-hand-over', entry: 'message', needs: ['robots', 'ai'] },
  { name: 'morning-report', entry: 'at', needs: ['mail', 'billing'] },
  { name: 'web-form-to-mail', entry: 'call', needs: ['mail'] },
  { name: 'licence-for-order', entry: 'call', needs: ['mail', 'licensing'] },
  { name: 'licence-ending', entry: 'licence', needs: ['mail', 'licensing'] },
  { name: 'payment-to-books', entry: 'payment', needs: ['mail', 'billing'] },
  { name: 'watchdog', entry: 'every', needs: ['mail'] },
  { name: 'refund', entry: 'hand', needs: ['mail'] },
];

export function textKey(name: string): string {
  return name.replaceAll('-', '_');
}
