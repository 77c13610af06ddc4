/** What the server allows in bodies of requests: made by `node scripts/build-web.ts --types`. */

export const decideApproval = {
  token: { maxLength: 2000 },
  comment: { maxLength: 2000 },
} as const;

export const changeUser = {
  full_name: { maxLength: 200 },
  username: { maxLength: 64, pattern: '(?![0-9]+$)[A-Za-z0-9._\\-]{2,64}' },
  email: { maxLength: 320 },
  role: { values: ['owner', 'admin', 'member'] },
  status: { values: ['active', 'suspended'] },
  mailbox_limit: { min: 0, max: 1000000, allowDecimal: false },
} as const;

export const replayExecution = {
  from: { maxLength: 500 },
} as const;

export const addMailbox = {
  local: { maxLength: 64 },
  domain: { maxLength: 255 },
} as const;

export const createRobot = {
  name: { maxLength: 200 },
  aiMode: { values: ['builtin', 'third_party', 'none', 'off'] },
  aiProvider: { maxLength: 100 },
  aiModel: { maxLength: 200 },
  aiScenario: { maxLength: 2000 },
} as const;

export const importWorkflows = {
  definitions: { maxLength: 10485760 },
} as const;

export const sampleEvent = {
  type: { maxLength: 200 },
  data: { maxLength: 20000 },
} as const;

export const tryExpressionWorkflows = {
  expression: { maxLength: 20000 },
  variables: { names: { maxLength: 100, pattern: '[A-Za-z_][A-Za-z0-9_]{0,99}' } },
} as const;

export const changeWorkflow = {
  version: { maxLength: 64 },
} as const;

export const createWorkflowExecution = {
  version: { maxLength: 64 },
  idempotency_key: { maxLength: 150 },
  correlation_id: { maxLength: 200 },
} as const;
