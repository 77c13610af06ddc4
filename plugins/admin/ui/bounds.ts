/** What the server allows in bodies of requests: made by `node scripts/build-web.ts --types`. */

export const pauseAlerts = {
  names: { items: { maxLength: 40 }, maxItems: 100 },
  until: { min: 0, allowDecimal: false },
} as const;

export const testAlerts = {
  channel: { values: ['mail', 'telegram', 'webhook'] },
} as const;

export const addMailbox = {
  local: { maxLength: 64 },
  domain: { maxLength: 255 },
} as const;

export const changeMailbox = {
  forward_to: { maxLength: 320 },
  password: { maxLength: 1024 },
} as const;

export const testMailMail = {
  mailbox: { minLength: 3, maxLength: 320 },
  language: { values: ['en', 'zh'] },
} as const;

export const changeServerSettings = {
  reset: { items: { maxLength: 200 }, maxItems: 200 },
} as const;

export const testServerSettings = {
  reset: { items: { maxLength: 200 }, maxItems: 200 },
  target: { maxLength: 320 },
} as const;

export const createWorkflowExecution = {
  version: { maxLength: 64 },
  idempotency_key: { maxLength: 150 },
  correlation_id: { maxLength: 200 },
} as const;
