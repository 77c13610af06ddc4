/** Text and graph of one workflow side by side, with the form of the chosen task below the graph. */
import { Alert, Box, SegmentedControl, Skeleton, Stack, Tabs, Text } from '@mantine/core';
import { EmptyState, later, useShortcuts, useStore } from 'patchbay-platform/ui';
import { lazy, memo, Suspense, useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { WorkflowGraph } from '../graph/index.ts';
import classes from './editor.module.css';
import { placeOf } from './edits/index.ts';
import { useEditing } from './model/context.ts';
import type { Published } from './model/publishing.ts';
import type { Problems } from './model/use-problems.ts';
import { useReading } from './model/use-reading.ts';
import { Order } from './parts/order.tsx';
import { ProblemList } from './parts/problem-list.tsx';
import { useTaskActions, type Where } from './parts/task-actions.ts';
import { TaskTools } from './parts/task-tools.tsx';
import { KEYS, type Words } from './text/language-help.ts';
import { TriggerBox } from './triggers/trigger-box.tsx';

const CodePane = lazy(() => import('./text/code-pane.tsx'));
const AddTask = later(() => import('./parts/add-task.tsx').then(({ AddTask }) => AddTask));
const HeadForm = later(() => import('./forms/head-form.tsx').then(({ HeadForm }) => HeadForm));
const TaskForm = later(() => import('./forms/task-form.tsx').then(({ TaskForm }) => TaskForm));
const TryPanel = later(() => import('./parts/try-panel.tsx').then(({ TryPanel }) => TryPanel));

/** Drawn anew only when something that it shows has changed, not with every letter. */
const Graph = memo(WorkflowGraph);

interface EditorProps {
  problems: Problems;
  saveVersion(): Promise<Published | null>;
}

type Shown = 'text' | 'graph';

export function Editor({ problems, saveVersion }: EditorProps) {
  const { t, i18n } = useTranslation('workflows');
  const { session, functions } = useEditing();
  const { shown, tree, isStale, isReady, text } = useReading(session);
  const selected = useStore(session.selected);
  const actions = useTaskActions(session);
  const [where, setWhere] = useState<Where | null>(null);
  const [side, setSide] = useState<Shown>('graph');
  const [tab, setTab] = useState<string | null>('task');
  const place = tree && selected !== null ? placeOf(tree, selected) : null;
  const task = place?.list.tasks[place.index] ?? null;
  const words = useMemo(
    (): Words => ({
      functions: () => functions,
      about(word) {
        const key = `editor.hint.${word}`;
        if (KEYS.has(word) && i18n.exists(`workflows:${key}`)) return t(key);
        return functions.find(({ name }) => name === word)?.summary ?? null;
      },
    }),
    [functions, t, i18n],
  );
  const choose = useCallback((pointer: string | null) => pointer !== null && session.select(pointer), [session]);
  const isOff = isStale || !isReady;
  useShortcuts([
    { keys: 'n', title: t('editor.shortcut.add'), run: () => !isOff && setWhere(task ? 'after' : 'end') },
    { keys: '[', title: t('editor.moveUp'), run: () => !isOff && task && actions.move(-1) },
    { keys: ']', title: t('editor.moveDown'), run: () => !isOff && task && actions.move(1) },
    { keys: 'd', title: t('editor.copy'), run: () => !isOff && task && actions.copy() },
    { keys: 'Delete', title: t('editor.remove'), run: () => !isOff && task && actions.remove() },
  ]);

  return (
    <Stack gap="sm">
      <SegmentedControl
        className={classes.phone}
        aria-label={t('editor.side')}
        value={side}
        onChange={(value) => setSide(value === 'text' ? 'text' : 'graph')}
        data={[
          { value: 'text', label: t('editor.asText') },
          { value: 'graph', label: t('editor.asGraph') },
        ]}
      />
      <div className={classes.shell} data-shown={side}>
        <section className={classes.text} aria-label={t('editor.asText')}>
          <Suspense fallback={<Skeleton height="100%" />}>
            <CodePane session={session} problems={problems.all} words={words} />
          </Suspense>
          <ProblemList
            problems={problems.all}
            onGo={({ line, column }) => session.goTo(offsetOf(text, line, column))}
          />
        </section>
        <Stack className={classes.side} gap="sm">
          {isStale && (
            <Alert color="yellow" p="xs" role="status">
              {t('editor.stale')}
            </Alert>
          )}
          <TriggerBox isDisabled={isOff} />
          <TaskTools task={task} actions={actions} isDisabled={isOff} onAdd={setWhere} />
          {shown && shown.tasks.length > 0 ? (
            <Graph
              tasks={shown}
              problems={problems.ofTasks}
              selected={selected}
              onSelect={choose}
              isStale={isStale}
              height={360}
            />
          ) : (
            <EmptyState title={t('editor.empty')} text={t('editor.emptyText')} />
          )}
          <Tabs value={tab} onChange={setTab} keepMounted={false}>
            <Tabs.List>
              <Tabs.Tab value="task">{t('editor.tab.task')}</Tabs.Tab>
              <Tabs.Tab value="order">{t('editor.tab.order')}</Tabs.Tab>
              <Tabs.Tab value="try">{t('editor.tab.try')}</Tabs.Tab>
              <Tabs.Tab value="workflow">{t('editor.tab.workflow')}</Tabs.Tab>
            </Tabs.List>
            <Box pt="sm">
              <Suspense fallback={<Skeleton height={120} />}>
                <Tabs.Panel value="workflow">
                  <HeadForm isDisabled={isOff} />
                </Tabs.Panel>
                {!task && tab !== 'workflow' && (
                  <Text size="sm" c="dimmed">
                    {t('editor.choose')}
                  </Text>
                )}
                {task && place && (
                  <>
                    <Tabs.Panel value="task">
                      <TaskForm task={task} problems={problems.all} isDisabled={isOff} />
                    </Tabs.Panel>
                    <Tabs.Panel value="order">
                      <Order
                        list={place.list}
                        chosen={task.pointer}
                        actions={actions}
                        isDisabled={isOff}
                        onSelect={session.select}
                      />
                    </Tabs.Panel>
                    <Tabs.Panel value="try">
                      <TryPanel key={task.pointer} task={task} isDisabled={isOff} saveVersion={saveVersion} />
                    </Tabs.Panel>
                  </>
                )}
              </Suspense>
            </Box>
          </Tabs>
        </Stack>
      </div>
      {where !== null && (
        <AddTask isOpen onClose={() => setWhere(null)} onChoose={(made) => actions.add(where, made)} />
      )}
    </Stack>
  );
}

function offsetOf(text: string, line: number, column: number): number {
  const lines = text.split('\n').slice(0, Math.max(0, line - 1));
  return lines.reduce((sum, one) => sum + one.length + 1, 0) + Math.max(0, column - 1);
}
