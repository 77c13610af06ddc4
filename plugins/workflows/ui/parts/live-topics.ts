/** What is told live of executions: of all, and of one. */
const STATUS = 'io.serverlessworkflow.workflow.status-changed.v1';
const TASK_STATUS = 'io.serverlessworkflow.task.status-changed.v1';

export const EXECUTIONS_LIVE = [STATUS];

export function executionTopics(id: string): string[] {
  return [`${STATUS}/${id}`, `${TASK_STATUS}/${id}`];
}
