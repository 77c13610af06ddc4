/** What the server allows in bodies of requests: made by `node scripts/build-web.ts --types`. */

export const changeAiAnswer = {
  state: { values: ['suggested', 'approved', 'rejected'] },
  question: { maxLength: 2000 },
  answer: { maxLength: 10000 },
} as const;

export const createAiBase = {
  name: { maxLength: 100 },
  floor: { min: 0, max: 1 },
  chunk_tokens: { min: 50, max: 2000, allowDecimal: false },
  overlap_tokens: { min: 0, max: 500, allowDecimal: false },
} as const;

export const addKnowledgeSource = {
  kind: { values: ['site', 'git', 'webdav'] },
  url: { maxLength: 1000 },
  within: { maxLength: 500 },
  branch: { maxLength: 200 },
  user_name: { maxLength: 200 },
  password: { maxLength: 1000 },
  schedule: { minLength: 9, maxLength: 100 },
} as const;

export const addAiBudget = {
  kind: { values: ['tenant', 'robot', 'contact', 'workflow'] },
  subject: { maxLength: 200 },
  period: { values: ['day', 'month'] },
  amount: { min: 0.000001, max: 1000000000 },
} as const;

export const createAiDocument = {
  base_id: { maxLength: 40 },
  name: { maxLength: 200 },
  text: { maxLength: 4194304 },
  url: { maxLength: 2000 },
  schedule: { minLength: 9, maxLength: 100 },
} as const;

export const askKnowledge = {
  question: { maxLength: 2000 },
  before: { items: { question: { maxLength: 2000 }, answer: { maxLength: 20000 } }, maxItems: 10 },
  bases: { items: { maxLength: 40 }, maxItems: 200 },
} as const;

export const addAiMcpServer = {
  name: { maxLength: 60, pattern: '[a-z0-9][a-z0-9\\-]{0,59}' },
  url: { maxLength: 1000 },
  token: { maxLength: 2000 },
} as const;

export const listAiModelNames = {
  base_url: { maxLength: 1000 },
  kind: { values: ['openai-compatible', 'anthropic'] },
  api_key: { maxLength: 1000 },
  provider: { maxLength: 60, pattern: '[a-z0-9][a-z0-9\\-]{0,59}' },
} as const;

export const setAiPolicy = {
  private: { values: ['always', 'never'] },
  groups: { values: ['never', 'mention', 'keywords', 'always'] },
  keywords: { items: { maxLength: 100 }, maxItems: 200 },
  hours: { values: ['always', 'open', 'closed'] },
  rate: { answers: { min: 1, max: 1000, allowDecimal: false }, minutes: { min: 1, max: 1440, allowDecimal: false } },
  cool_down_seconds: { min: 0, max: 3600, allowDecimal: false },
  persona: { maxLength: 4000 },
  scenario: { maxLength: 8000 },
  knowledge: { items: { maxLength: 60 }, maxItems: 100 },
  floor: { values: ['model', 'say', 'handover'] },
  contact_fields: { items: { maxLength: 60, pattern: '[A-Za-z0-9_.\\-]{1,60}' }, maxItems: 50 },
  words_in: { values: ['refuse', 'handover', 'mask'] },
  words_out: { values: ['refuse', 'handover', 'mask'] },
  gather: { pause_seconds: { min: 0, max: 300, allowDecimal: false }, most_seconds: { min: 0, max: 600, allowDecimal: false } },
  failures: { min: 1, max: 10, allowDecimal: false },
  sentences: { handover: { maxLength: 1000 }, closed: { maxLength: 1000 }, unknown: { maxLength: 1000 }, refused: { maxLength: 1000 } },
} as const;

export const tryAiPolicy = {
  text: { maxLength: 4000 },
  tools: { items: { tool: { maxLength: 200 } }, maxItems: 50 },
} as const;

export const addAiProvider = {
  name: { maxLength: 60, pattern: '[a-z0-9][a-z0-9\\-]{0,59}' },
  base_url: { maxLength: 1000 },
  api_key: { maxLength: 1000 },
  kind: { values: ['openai-compatible', 'anthropic', 'dify', 'coze', 'webhook'] },
  model: { maxLength: 200 },
  handover: { maxLength: 200 },
  inputs: { names: { maxLength: 60, pattern: '[A-Za-z_][A-Za-z0-9_]{0,59}' }, each: { maxLength: 2000 } },
  price: { input: { min: 0, max: 1000000 }, output: { min: 0, max: 1000000 } },
  hours: { zone: { maxLength: 60 }, from: { pattern: '([01][0-9]|2[0-3]):[0-5][0-9]' }, to: { pattern: '([01][0-9]|2[0-3]):[0-5][0-9]|24:00' } },
  limits: { firstByteSeconds: { min: 1, max: 600, allowDecimal: false }, idleSeconds: { min: 1, max: 600, allowDecimal: false }, totalSeconds: { min: 1, max: 3600, allowDecimal: false }, maxBytes: { min: 1024, max: 104857600, allowDecimal: false } },
} as const;

export const tryAiProvider = {
  text: { maxLength: 4000 },
} as const;

export const sendAiReply = {
  text: { maxLength: 10000 },
} as const;

export const searchKnowledge = {
  text: { maxLength: 2000 },
  bases: { items: { maxLength: 40 }, maxItems: 200 },
  limit: { min: 1, max: 50, allowDecimal: false },
} as const;

export const createAiTestSet = {
  name: { maxLength: 100 },
  bases: { items: { maxLength: 40 }, maxItems: 200 },
  k: { min: 1, max: 20, allowDecimal: false },
} as const;

export const createAiTestSetQuestion = {
  question: { maxLength: 2000 },
  documents: { items: { maxLength: 40 }, maxItems: 20 },
  passage: { maxLength: 2000 },
  answer_words: { items: { maxLength: 200 }, maxItems: 20 },
} as const;
