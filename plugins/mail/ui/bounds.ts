/** What the server allows in bodies of requests: made by `node scripts/build-web.ts --types`. */

export const changeMessage = {
  tags: { maxItems: 20 },
  folder: { values: ['inbox', 'quarantine'] },
} as const;

export const createRule = {
  name: { maxLength: 200 },
  position: { min: 0, max: 100000, allowDecimal: false },
  conditions: { sender: { maxLength: 320 }, subject: { maxLength: 500 }, larger_than: { min: 0, allowDecimal: false }, smaller_than: { min: 0, allowDecimal: false }, spf: { items: { values: ['pass', 'fail', 'softfail', 'neutral', 'none', 'temperror', 'permerror', 'policy'] }, maxItems: 8 }, dkim: { items: { values: ['pass', 'fail', 'softfail', 'neutral', 'none', 'temperror', 'permerror', 'policy'] }, maxItems: 8 }, dmarc: { items: { values: ['pass', 'fail', 'softfail', 'neutral', 'none', 'temperror', 'permerror', 'policy'] }, maxItems: 8 } },
  action: { maxLength: 64 },
  value: { maxLength: 320 },
  mailbox: { minLength: 3, maxLength: 320 },
  domain: { maxLength: 255 },
} as const;

export const sentMail = {
  from: { minLength: 3, maxLength: 320 },
  from_name: { maxLength: 200 },
  to: { items: { minLength: 3, maxLength: 320 }, maxItems: 50 },
  subject: { maxLength: 998 },
  text: { maxLength: 2097152 },
  html: { maxLength: 2097152 },
  answer_to: { min: 1, allowDecimal: false },
  files: { items: { content_type: { pattern: '[\\w.+\\-]{1,100}/[\\w.+\\-]{1,100}' }, content: { maxLength: 14680064 } }, maxItems: 20 },
} as const;
