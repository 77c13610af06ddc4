/** What waits for a person: decisions. */
import { type AttentionSource, countedTo } from '#core/plugin.ts';

export const waitingApprovals: AttentionSource = {
  id: 'workflows.approvals',
  title: { en: 'Decisions that you are asked for', zh: '等待您审批' },
  path: '/automations/approvals',
  access: { kinds: ['user'] },
  count: (principal, { db }) =>
    countedTo(db.read('workflows_waits').where({ kind: 'approval', approver_id: principal.id })),
};
