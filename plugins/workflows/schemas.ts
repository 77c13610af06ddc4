/** What clients know the schemas of the routes by: their names in the OpenAPI document. */
import type { TSchema } from 'typebox';
import { ApprovalView } from './routes/approvals.ts';
import { WorkflowView } from './routes/workflows.ts';
import { ExecutionSummary, ExecutionView, PublishedView, StartedView, TaskView } from './views.ts';

export const schemas: Readonly<Record<string, TSchema>> = {
  Approval: ApprovalView,
  Execution: ExecutionView,
  ExecutionSummary,
  PublishedWorkflow: PublishedView,
  StartedExecution: StartedView,
  TaskOfExecution: TaskView,
  Workflow: WorkflowView,
};
