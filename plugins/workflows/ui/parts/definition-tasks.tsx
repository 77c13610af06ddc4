/** The tasks of a definition by its text: parsed and drawn here, so that pages are there before YAML is understood. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { parsed } from '../editor/model/head.ts';
import { eventTypeOf, triggerOf } from '../editor/triggers/trigger.ts';
import { useTriggerText } from '../editor/triggers/trigger-text.ts';
import { parseTasks } from '../graph/index.ts';
import { WorkflowGraph, type WorkflowGraphProps } from '../graph/workflow-graph.tsx';

export interface DefinitionTasksProps extends Omit<WorkflowGraphProps, 'tasks'> {
  source: string;
}

export default function DefinitionTasks({ source, ...props }: DefinitionTasksProps) {
  const { t } = useTranslation('workflows');
  const tasks = useMemo(() => parseTasks(source), [source]);
  const definition = useMemo(() => parsed(source), [source]);
  const text = useTriggerText()(triggerOf(definition), eventTypeOf(definition));
  const trigger = useMemo(() => ({ title: t('trigger.title'), text }), [t, text]);
  return tasks && <WorkflowGraph tasks={tasks} trigger={trigger} {...props} />;
}
