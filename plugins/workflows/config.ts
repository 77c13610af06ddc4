/** The schema of `plugins.workflows`. */
import Type, { type Static } from 'typebox';

const Count = (description: string, value: number, maximum = 1_000_000) =>
  Type.Integer({ minimum: 1, maximum, default: value, description });

export const WorkflowsConfig = Type.Object({
  folder: Type.Union([Type.String(), Type.Null()], {
    default: 'workflows',
    description:
      'Folder of definitions (.yaml, .yml, .json) that is kept in sync if it exists, for workflows that live in git; relative to the configuration file. null switches it off.',
  }),
  maxRunning: Count('Executions that run at once in this process; others wait in the queue.', 200),
  maxPerTenant: Count(
    'Executions of one tenant that run at once in this process; beside other tenants it gets no more than it leaves to them.',
    100,
  ),
  maxOpenPerTenant: Count(
    'Executions of one tenant that are pending or run; no more are started beyond it. Those that wait do not count.',
    10_000,
  ),
  maxFamily: Count(
    'Executions that have not ended and come from the same one: workflows that multiply are stopped there.',
    1_000,
  ),
  maxTasks: Count('Tasks of one execution; a loop that never ends is stopped there.', 20_000),
  maxDataBytes: Count('Largest input or output of a task, as JSON.', 1024 * 1024, 64 * 1024 * 1024),
  maxLogBytes: Count(
    'Inputs and outputs of all tasks of one execution together, as JSON; what passes it is stopped there.',
    64 * 1024 * 1024,
    4 * 1024 * 1024 * 1024,
  ),
  maxDepth: Count('Workflows that start workflows, and events that start their own workflow, go so deep.', 20, 1000),
  keepDays: {
    ...Count('Finished runs are deleted after this many days.', 30, 36_500),
    title: 'Workflow runs (days)',
    'x-setting': { area: 'retention' },
  },
  keepPerWorkflow: {
    ...Count('The oldest finished runs of a workflow beyond this number are deleted.', 10_000),
    title: 'Runs kept of each workflow',
    'x-setting': { area: 'retention' },
  },
  script: Type.Object(
    {
      memoryMb: Count('Memory of a script.', 64, 1024),
      timeoutMs: Count('Time of a script.', 5_000, 600_000),
      workers: Count('Threads that run scripts.', 2, 32),
    },
    { default: {} },
  ),
  shell: Type.Boolean({
    default: false,
    description: 'Allow `run: shell` and `run: container`. They run with the rights of this process.',
  }),
});
export type WorkflowsConfig = Static<typeof WorkflowsConfig>;
