/** The tasks of a definition by its text: parsed and drawn here, so that pages are there before YAML is understood. */
import { useMemo } from 'react';
import { parseTasks } from '../graph/index.ts';
import { WorkflowGraph, type WorkflowGraphProps } from '../graph/workflow-graph.tsx';

export interface DefinitionTasksProps extends Omit<WorkflowGraphProps, 'tasks'> {
  source: string;
}

export default function DefinitionTasks({ source, ...props }: DefinitionTasksProps) {
  const tasks = useMemo(() => parseTasks(source), [source]);
  return tasks && <WorkflowGraph tasks={tasks} {...props} />;
}
