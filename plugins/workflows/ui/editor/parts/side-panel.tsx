/** Beside the tasks: what starts the workflow, or everything about the chosen step; and the workflow as a whole. */
import { Box, Skeleton, Tabs, Text } from '@mantine/core';
import { later } from 'patchbay-platform/ui';
import { Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import type { TaskNode } from '../../graph/index.ts';
import type { Place } from '../edits/index.ts';
import type { AskedFor } from '../forms/asked-for.ts';
import { useEditing } from '../model/context.ts';
import type { Published } from '../model/publishing.ts';
import type { Problem } from '../model/use-problems.ts';
import { TriggerBox } from '../triggers/trigger-box.tsx';
import { Order } from './order.tsx';
import type { TaskActions } from './task-actions.ts';

const HeadForm = later(() => import('../forms/head-form.tsx').then(({ HeadForm }) => HeadForm));
const SampleData = later(() => import('./sample-data.tsx').then(({ SampleData }) => SampleData));
const TaskForm = later(() => import('../forms/task-form.tsx').then(({ TaskForm }) => TaskForm));
const TryPanel = later(() => import('./try-panel.tsx').then(({ TryPanel }) => TryPanel));

export type SideTab = 'task' | 'order' | 'try' | 'workflow';

interface SidePanelProps {
  tab: SideTab;
  onTab(tab: SideTab): void;
  isTriggerChosen: boolean;
  task: TaskNode | null;
  place: Place | null;
  actions: TaskActions;
  problems: readonly Problem[];
  isDisabled: boolean;
  saveVersion(): Promise<Published | null>;
  /** The form of the step is to be brought into view. */
  asked: AskedFor | null;
  onShown(): void;
}

export function SidePanel(props: SidePanelProps) {
  const { t } = useTranslation('workflows');
  const { tab, onTab, isTriggerChosen, task, place, actions, problems, isDisabled, saveVersion, asked, onShown } =
    props;
  const { session } = useEditing();
  return (
    <Tabs value={tab} onChange={(next) => onTab((next ?? 'task') as SideTab)} keepMounted={false}>
      <Tabs.List>
        <Tabs.Tab value="task">{t(isTriggerChosen ? 'trigger.title' : 'editor.tab.task')}</Tabs.Tab>
        <Tabs.Tab value="try">{t('editor.tab.try')}</Tabs.Tab>
        {!isTriggerChosen && <Tabs.Tab value="order">{t('editor.tab.order')}</Tabs.Tab>}
        <Tabs.Tab value="workflow">{t('editor.tab.workflow')}</Tabs.Tab>
      </Tabs.List>
      <Box pt="sm">
        <Suspense fallback={<Skeleton height={120} />}>
          <Tabs.Panel value="workflow">
            <HeadForm isDisabled={isDisabled} />
          </Tabs.Panel>
          {isTriggerChosen && (
            <Tabs.Panel value="task">
              <TriggerBox isDisabled={isDisabled} />
            </Tabs.Panel>
          )}
          {isTriggerChosen && (
            <Tabs.Panel value="try">
              <SampleData />
            </Tabs.Panel>
          )}
          {!isTriggerChosen && !task && tab !== 'workflow' && (
            <Text size="sm" c="dimmed">
              {t('editor.choose')}
            </Text>
          )}
          {!isTriggerChosen && task && place && (
            <>
              <Tabs.Panel value="task">
                <TaskForm task={task} problems={problems} isDisabled={isDisabled} asked={asked} onShown={onShown} />
              </Tabs.Panel>
              <Tabs.Panel value="order">
                <Order
                  list={place.list}
                  chosen={task.pointer}
                  actions={actions}
                  isDisabled={isDisabled}
                  onSelect={session.select}
                />
              </Tabs.Panel>
              <Tabs.Panel value="try">
                <TryPanel key={task.pointer} task={task} isDisabled={isDisabled} saveVersion={saveVersion} />
              </Tabs.Panel>
            </>
          )}
        </Suspense>
      </Box>
    </Tabs>
  );
}
