/** Approvals: decisions of people that executions wait for, behind links in mails. */
import { definePart } from '#core/plugin.ts';
import type { WorkflowsConfig } from '../config.ts';
import { waitingApprovals } from './attention.ts';
import { sendApproval } from './jobs.ts';
import { ApprovalView, approvalRoutes } from './routes.ts';
import { type ApprovalsScope, approvalServices } from './services.ts';

export const approvals = definePart<ApprovalsScope & { config: WorkflowsConfig }>({
  name: 'approvals',
  summary: 'Decisions of people that executions wait for',
  needs: ['engine'],
  services: approvalServices,
  schemas: { Approval: ApprovalView },
  routes: approvalRoutes,
  jobs: [sendApproval],
  attention: [waitingApprovals],
});
