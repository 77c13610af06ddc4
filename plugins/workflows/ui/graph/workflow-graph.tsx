/** A workflow as a graph, or as a list for who prefers one. See index.ts. */
import { Box as Frame, Group, SegmentedControl, Stack, Text, ThemeIcon, UnstyledButton } from '@mantine/core';
import IconBolt from '@tabler/icons-react/dist/esm/icons/IconBolt.mjs';
import { storedValue, useStore } from 'patchbay-platform/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Canvas } from './canvas.tsx';
import type { TriggerCard } from './flow.ts';
import classes from './graph.module.css';
import type { Line } from './layout.ts';
import { Outline } from './outline.tsx';
import type { TaskStates } from './states.ts';
import type { TaskList, TaskNode } from './tasks.ts';

export interface WorkflowGraphProps {
  tasks: TaskList;
  /** By pointer; without it, the graph says nothing about an execution. */
  states?: TaskStates;
  /** What is wrong with a task, by pointer. */
  problems?: ReadonlyMap<string, string>;
  selected?: string | null;
  /** Steps that give what was put in their place. */
  pinned?: ReadonlySet<string>;
  /** Without it, nothing can be chosen. Null: nothing is chosen any more. */
  onSelect?: (pointer: string | null) => void;
  /** What can be done with the chosen task; stands above its card. */
  toolbar?: (task: TaskNode) => ReactNode;
  /** The text does not parse: what stands here is from before. */
  isStale?: boolean;
  /** In pixels, or any CSS length; by default as high as it needs, up to 640. */
  height?: number | string;
  /** Beside the choice between graph and list. */
  extra?: ReactNode;
  /** What starts the workflow: stands where its tasks begin. */
  trigger?: TriggerCard | null;
  isTriggerChosen?: boolean;
  /** Without it, what starts the workflow cannot be chosen. */
  onTrigger?: () => void;
  /** Each line gets a button that puts a step there. */
  onInsert?: (line: Line) => void;
  /** Said by who chooses it elsewhere; then there is no choice here. */
  form?: Form;
}

export type Form = 'graph' | 'list';
/** On a telephone the names in a graph are too small to read. */
const usual: Form = matchMedia('(max-width: 48em)').matches ? 'list' : 'graph';
const remembered = storedValue<Form>('patchbay.workflows.graph', usual, (text): text is Form =>
  /^(graph|list)$/.test(text),
);

const NONE: TaskStates = new Map();
const NO_PROBLEMS: ReadonlyMap<string, string> = new Map();

export function WorkflowGraph(props: WorkflowGraphProps) {
  const { t } = useTranslation('workflows');
  const { tasks, states = NONE, problems = NO_PROBLEMS, selected = null, onSelect, isStale = false, extra } = props;
  const own = useStore(remembered);
  const shown = props.form ?? own;
  return (
    <Stack gap="xs" h={typeof props.height === 'string' ? props.height : undefined}>
      {props.form === undefined && (
        <Group justify="space-between" gap="xs">
          <Group gap="xs">{extra}</Group>
          <SegmentedControl
            size="xs"
            aria-label={t('graph.form')}
            value={shown}
            onChange={(value) => remembered.set(value === 'list' ? 'list' : 'graph')}
            data={[
              { value: 'graph', label: t('graph.asGraph') },
              { value: 'list', label: t('graph.asList') },
            ]}
          />
        </Group>
      )}
      {shown === 'list' ? (
        <Frame
          className={`${classes.frame} ${classes.listed}`}
          data-stale={isStale || undefined}
          p="xs"
          mah={props.height}
        >
          {props.trigger && (
            <TriggerRow card={props.trigger} isChosen={props.isTriggerChosen ?? false} onChoose={props.onTrigger} />
          )}
          <Outline tasks={tasks} states={states} problems={problems} selected={selected} onSelect={onSelect} />
        </Frame>
      ) : (
        <Canvas {...props} states={states} problems={problems} selected={selected} isStale={isStale} />
      )}
    </Stack>
  );
}

interface TriggerRowProps {
  card: TriggerCard;
  isChosen: boolean;
  onChoose: (() => void) | undefined;
}

function TriggerRow({ card, isChosen, onChoose }: TriggerRowProps) {
  return (
    <UnstyledButton
      className={classes.row}
      aria-pressed={onChoose ? isChosen : undefined}
      disabled={!onChoose}
      onClick={onChoose}
    >
      <ThemeIcon variant="light" size={26} aria-hidden>
        <IconBolt size={15} stroke={1.6} />
      </ThemeIcon>
      <span className={classes.texts}>
        <Text size="xs" c="dimmed" component="span" display="block">
          {card.title}
        </Text>
        <Text size="sm" fw={600} component="span" display="block">
          {card.text}
        </Text>
      </span>
    </UnstyledButton>
  );
}
