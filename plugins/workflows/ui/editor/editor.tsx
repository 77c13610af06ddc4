/** What starts the workflow and its steps, as a graph, a list or text, with the form of what is chosen beside it. */
import { Group, SegmentedControl, Stack } from '@mantine/core';
import { later, useMe, useShortcuts, useStore } from 'patchbay-platform/ui';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { flushSync } from 'react-dom';
import { useTranslation } from 'react-i18next';
import type { Line } from '../graph/index.ts';
import { useStepNames } from '../steps/step-names.ts';
import classes from './editor.module.css';
import { placeOf } from './edits/index.ts';
import { type AskedFor, useInView } from './forms/asked-for.ts';
import { TryStep, useEditing } from './model/context.ts';
import type { Published } from './model/publishing.ts';
import type { Problem, Problems } from './model/use-problems.ts';
import { useReading } from './model/use-reading.ts';
import { isView, VIEWS, viewOf } from './model/view.ts';
import { MainPane } from './parts/main-pane.tsx';
import { NameField } from './parts/name-field.tsx';
import { ProblemList } from './parts/problem-list.tsx';
import { SidePanel, type SideTab } from './parts/side-panel.tsx';
import { useTaskActions, type Where } from './parts/task-actions.ts';
import { TaskTools } from './parts/task-tools.tsx';
import { KEYS, type Words } from './text/language-help.ts';
import { eventTypeOf, triggerOf } from './triggers/trigger.ts';
import { useTriggerText } from './triggers/trigger-text.ts';

const AddTask = later(() => import('./parts/add-task.tsx').then(({ AddTask }) => AddTask));

interface EditorProps {
  problems: Problems;
  saveVersion(): Promise<Published | null>;
  /** What is chosen first: what starts the workflow, or a step with its data. */
  begins: { isTrigger: boolean; tab: SideTab };
  /** Another object each time that the form of the chosen step is to be shown. */
  opens: object | null;
}

export function Editor({ problems, saveVersion, begins, opens }: EditorProps) {
  const { t, i18n } = useTranslation('workflows');
  const { session, functions, head } = useEditing();
  const { shown, tree, isStale, text } = useReading(session);
  const selected = useStore(session.selected);
  const actions = useTaskActions(session);
  const names = useStepNames();
  const [where, setWhere] = useState<Where | null>(null);
  const view = viewOf(String(useMe().user?.id ?? '-'));
  const shownView = useStore(view);
  const [tab, setTab] = useState<SideTab>(begins.tab);
  const [isTriggerChosen, setTriggerChosen] = useState(begins.isTrigger);
  const [asked, setAsked] = useState<AskedFor | null>(null);
  const side = useInView<HTMLElement>(asked);
  const place = tree && selected !== null ? placeOf(tree, selected) : null;
  const task = place?.list.tasks[place.index] ?? null;
  const textOf = useTriggerText();
  const said = textOf(triggerOf(head), eventTypeOf(head));
  const trigger = useMemo(() => ({ title: t('trigger.title'), text: said }), [t, said]);
  const words = useMemo(
    (): Words => ({
      functions: () => functions,
      about(word) {
        const key = `editor.hint.${word}`;
        if (KEYS.has(word) && i18n.exists(`workflows:${key}`)) return t(key);
        return functions.find(({ name }) => name === word)?.summary ?? names.text(word);
      },
    }),
    [functions, t, i18n, names],
  );
  // Whatever chooses a step, as the cursor in the text, shows that one.
  useEffect(
    () => session.selected.subscribe(() => session.selected.get() !== null && setTriggerChosen(false)),
    [session],
  );
  const choose = useCallback(
    (pointer: string | null) => {
      if (pointer === null) return;
      setTriggerChosen(false);
      setTab((now) => (now === 'workflow' ? 'task' : now));
      session.select(pointer);
      setAsked({ isNew: false });
    },
    [session],
  );
  const tryStep = useCallback(
    (pointer: string) => {
      choose(pointer);
      setTab('try');
    },
    [choose],
  );
  const chooseTrigger = useCallback(() => {
    setTriggerChosen(true);
    setTab((now) => (now === 'try' ? 'try' : 'task'));
    setAsked({ isNew: false });
  }, []);
  const insertAt = useCallback((line: Line) => setWhere({ line }), []);
  useEffect(() => {
    if (!opens) return;
    setTriggerChosen(false);
    setTab('task');
  }, [opens]);
  const goTo = ({ line, column, step }: Problem) => {
    if (step !== undefined) {
      choose(step);
      setTab('task');
      return;
    }
    // What is hidden cannot be given the focus.
    flushSync(() => view.set('text'));
    session.goTo(offsetOf(text, line, column));
  };
  const chosen = isTriggerChosen ? null : task;
  const afterChosen: Where = chosen ? 'after' : isTriggerChosen ? 'start' : 'end';
  useShortcuts([
    { keys: 'n', title: t('editor.shortcut.add'), run: () => !isStale && setWhere(afterChosen) },
    { keys: '[', title: t('editor.moveUp'), run: () => !isStale && chosen && actions.move(-1) },
    { keys: ']', title: t('editor.moveDown'), run: () => !isStale && chosen && actions.move(1) },
    { keys: 'd', title: t('editor.copy'), run: () => !isStale && chosen && actions.copy() },
    { keys: 'Delete', title: t('editor.remove'), run: () => !isStale && chosen && actions.remove() },
  ]);

  return (
    <Stack gap="sm">
      <Group align="flex-end" gap="sm">
        <NameField problems={problems.all} isDisabled={isStale} />
        <SegmentedControl
          aria-label={t('editor.side')}
          value={shownView}
          onChange={(value) => isView(value) && view.set(value)}
          data={VIEWS.map((value) => ({ value, label: t(`editor.view.${value}`) }))}
        />
        <TaskTools task={chosen} actions={actions} isDisabled={isStale} onAdd={setWhere} />
      </Group>
      <div className={classes.shell}>
        <MainPane
          view={shownView}
          shown={shown}
          problems={problems}
          words={words}
          isStale={isStale}
          selected={selected}
          trigger={trigger}
          isTriggerChosen={isTriggerChosen}
          onSelect={choose}
          onTrigger={chooseTrigger}
          onInsert={insertAt}
          onFirst={() => setWhere('end')}
        >
          <ProblemList problems={problems.all} onGo={goTo} />
        </MainPane>
        <section ref={side} className={classes.side} aria-label={t('editor.about')}>
          <TryStep.Provider value={tryStep}>
            <SidePanel
              tab={tab}
              onTab={setTab}
              isTriggerChosen={isTriggerChosen}
              task={task}
              place={place}
              actions={actions}
              problems={problems.all}
              isDisabled={isStale}
              saveVersion={saveVersion}
              asked={asked}
              onShown={() => setAsked(null)}
            />
          </TryStep.Provider>
        </section>
      </div>
      {where !== null && (
        <AddTask
          isOpen
          onClose={() => setWhere(null)}
          onChoose={(made) => {
            actions.add(where, made);
            setTriggerChosen(false);
            setTab('task');
            setAsked({ isNew: true });
          }}
        />
      )}
    </Stack>
  );
}

function offsetOf(text: string, line: number, column: number): number {
  const lines = text.split('\n').slice(0, Math.max(0, line - 1));
  return lines.reduce((sum, one) => sum + one.length + 1, 0) + Math.max(0, column - 1);
}
