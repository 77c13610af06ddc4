/** What plans may count of workflows: executions that somebody, an event or a schedule has started. */
import type { Meter } from '#core/plugin.ts';

export const EXECUTIONS = 'workflow_executions';

export const WORKFLOW_METERS: readonly Meter[] = [
  { name: EXECUTIONS, summary: 'Executions of workflows', period: 'month' },
];
