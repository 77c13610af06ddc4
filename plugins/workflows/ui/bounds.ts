/** What the server allows in bodies of requests: made by `node scripts/build-web.ts --types`. */

export const decideApproval = {
  token: { maxLength: 2000 },
  comment: { maxLength: 2000 },
} as const;

export const createWorkflowExecution = {
  version: { maxLength: 64 },
  idempotency_key: { maxLength: 150 },
  correlation_id: { maxLength: 200 },
} as const;
