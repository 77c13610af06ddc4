/** The tasks as a graph, a list or text. The text stays there once it was looked at, since its history is the workflow's. */
import { Alert, Button, Skeleton, Stack } from '@mantine/core';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import { EmptyState } from 'patchbay-platform/ui';
import { lazy, memo, type ReactNode, Suspense, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Line, type TaskList, type TriggerCard, WorkflowGraph } from '../../graph/index.ts';
import classes from '../editor.module.css';
import { useEditing } from '../model/context.ts';
import { pinsByPointer } from '../model/pin-keys.ts';
import type { Problems } from '../model/use-problems.ts';
import type { View } from '../model/view.ts';
import type { Words } from '../text/language-help.ts';

const CodePane = lazy(() => import('../text/code-pane.tsx'));

/** Drawn anew only when something that it shows has changed, not with every letter. */
const Graph = memo(WorkflowGraph);

interface MainPaneProps {
  view: View;
  shown: TaskList | null;
  problems: Problems;
  words: Words;
  isStale: boolean;
  selected: string | null;
  trigger: TriggerCard;
  isTriggerChosen: boolean;
  onSelect(pointer: string | null): void;
  onTrigger(): void;
  onInsert(line: Line): void;
  /** For a workflow without a list of tasks, which has no line yet. */
  onFirst(): void;
  children: ReactNode;
}

export function MainPane(props: MainPaneProps) {
  const { t } = useTranslation('workflows');
  const { view, shown, problems, words, isStale, children } = props;
  const { session } = useEditing();
  const [hasText, setHasText] = useState(false);
  if (view === 'text' && !hasText) setHasText(true);
  return (
    <Stack className={classes.main} gap="xs" data-view={view}>
      {isStale && (
        <Alert color="yellow" p="xs" role="status">
          {t('editor.stale')}
        </Alert>
      )}
      <div className={classes.pane}>
        {view !== 'text' && <Tasks {...props} />}
        {hasText && (
          <section className={classes.text} aria-label={t('editor.asText')} data-hidden={view !== 'text' || undefined}>
            <Suspense fallback={<Skeleton height="100%" />}>
              <CodePane session={session} problems={problems.all} words={words} />
            </Suspense>
          </section>
        )}
      </div>
      {children}
      {shown?.tasks.length === 0 && view === 'text' && (
        <EmptyState title={t('editor.empty')} text={t('editor.emptyText')} />
      )}
    </Stack>
  );
}

function Tasks({ view, shown, problems, isStale, onInsert, onFirst, ...props }: MainPaneProps) {
  const { t } = useTranslation('workflows');
  const { selected, trigger, isTriggerChosen, onSelect, onTrigger } = props;
  const { sample } = useEditing();
  const pinned = useMemo(() => new Set(shown ? pinsByPointer(sample.pins, shown).keys() : []), [sample.pins, shown]);
  if (!shown) return <EmptyState title={t('editor.empty')} text={t('editor.emptyText')} />;
  const hasLines = shown.range !== null;
  return (
    <>
      {!hasLines && (
        <Button variant="light" leftSection={<IconPlus size={16} aria-hidden />} onClick={onFirst} mb="xs">
          {t('graph.insert.first')}
        </Button>
      )}
      <Graph
        tasks={shown}
        form={view === 'list' ? 'list' : 'graph'}
        problems={problems.ofTasks}
        selected={isTriggerChosen ? null : selected}
        onSelect={onSelect}
        isStale={isStale}
        pinned={pinned}
        trigger={trigger}
        isTriggerChosen={isTriggerChosen}
        onTrigger={onTrigger}
        {...(!isStale && hasLines && { onInsert })}
        height="var(--pane-height)"
      />
    </>
  );
}
