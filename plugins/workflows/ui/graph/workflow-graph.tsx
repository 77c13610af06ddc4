/** A workflow as a graph, or as a list for who prefers one. See index.ts. */
import '@xyflow/react/dist/style.css';
import {
  Box as Frame,
  Group,
  SegmentedControl,
  Stack,
  Text,
  ThemeIcon,
  UnstyledButton,
  useComputedColorScheme,
} from '@mantine/core';
import { useReducedMotion } from '@mantine/hooks';
import IconBolt from '@tabler/icons-react/dist/esm/icons/IconBolt.mjs';
import {
  Controls,
  MarkerType,
  type NodeChange,
  NodeToolbar,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
} from '@xyflow/react';
import { storedValue, useStore } from 'patchbay-platform/ui';
import { type ReactNode, useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { edgesOf, nodesOf, type TaskFlowNode, type TriggerCard } from './flow.ts';
import classes from './graph.module.css';
import { type Layout, type Line, layoutOf, SIZES } from './layout.ts';
import { edgeTypes, nodeTypes } from './nodes.tsx';
import { Outline } from './outline.tsx';
import type { TaskStates } from './states.ts';
import { flatTasks, type TaskList, type TaskNode } from './tasks.ts';

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
const remembered = storedValue<Form>('patchbay.workflows.graph', 'graph', (text): text is Form =>
  /^(graph|list)$/.test(text),
);

const HEIGHT = { least: 220, most: 640 };
/** A long graph begins at its top rather than being too small to read; a wide one is made to fit, as far as that goes. */
const SMALLEST = { high: 0.75, wide: 0.45 };
const MARGIN = 16;
/** Above so many, only what is on the screen is drawn. */
const MANY = 150;
const NONE: TaskStates = new Map();
const NOT_PINNED: ReadonlySet<string> = new Set();
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
        <ReactFlowProvider>
          <Canvas {...props} states={states} problems={problems} selected={selected} isStale={isStale} />
        </ReactFlowProvider>
      )}
    </Stack>
  );
}

type CanvasProps = WorkflowGraphProps & Required<Pick<WorkflowGraphProps, 'states' | 'problems' | 'selected'>>;

function Canvas(props: CanvasProps) {
  const { tasks, states, problems, selected: chosenTask, onSelect, toolbar, isStale, height } = props;
  const { trigger = null, isTriggerChosen = false, pinned = NOT_PINNED, onTrigger, onInsert } = props;
  const { t } = useTranslation('workflows');
  const scheme = useComputedColorScheme('light');
  const hasTrigger = trigger !== null;
  const layout = useMemo(() => layoutOf(tasks, 0, hasTrigger ? SIZES.trigger : SIZES.pill), [tasks, hasTrigger]);
  const selected = isTriggerChosen ? `${tasks.pointer}#start` : chosenTask;
  const insertAt = useInsert(layout, onInsert);
  const edges = useMemo(() => {
    const markerEnd = { type: MarkerType.ArrowClosed, width: 14, height: 14 };
    return edgesOf(layout, states, insertAt).map((edge) => ({ ...edge, markerEnd }));
  }, [layout, states, insertAt]);
  const mayChooseTrigger = onTrigger !== undefined;
  const nodes = useMemo(
    () => nodesOf(layout, { states, problems, selected, pinned, trigger, mayChooseTrigger }),
    [layout, states, problems, selected, pinned, trigger, mayChooseTrigger],
  );
  const frame = useRef<HTMLDivElement>(null);
  const pixels = height ?? Math.min(Math.max(layout.height + 2 * MARGIN, HEIGHT.least), HEIGHT.most);
  const viewport = useMemo(() => ({ x: MARGIN, y: MARGIN, zoom: 1 }), []);
  const chosen =
    toolbar && selected !== null ? flatTasks(tasks).find(({ pointer }) => pointer === selected) : undefined;

  return (
    <Frame
      ref={frame}
      className={classes.frame}
      data-stale={isStale || undefined}
      h={typeof pixels === 'string' ? undefined : pixels}
      flex={typeof pixels === 'string' ? 1 : undefined}
      role="group"
      aria-label={t('graph.label')}
    >
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        colorMode={scheme}
        defaultViewport={viewport}
        minZoom={0.1}
        maxZoom={1.5}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={onSelect !== undefined}
        elementsSelectable={onSelect !== undefined}
        edgesFocusable={false}
        elevateNodesOnSelect={false}
        deleteKeyCode={null}
        multiSelectionKeyCode={null}
        selectionKeyCode={null}
        zoomOnScroll={false}
        zoomOnDoubleClick={false}
        preventScrolling={false}
        onlyRenderVisibleElements={nodes.length > MANY}
        onNodesChange={(changes) => heard(changes, `${tasks.pointer}#start`, onSelect, onTrigger)}
        onPaneClick={() => onSelect?.(null)}
        proOptions={{ hideAttribution: true }}
        ariaLabelConfig={{
          'node.a11yDescription.default': t('graph.help'),
          'node.a11yDescription.keyboardDisabled': t('graph.help'),
          'controls.ariaLabel': t('graph.controls'),
          'controls.zoomIn.ariaLabel': t('graph.zoomIn'),
          'controls.zoomOut.ariaLabel': t('graph.zoomOut'),
          'controls.fitView.ariaLabel': t('graph.fit'),
        }}
      >
        <Controls showInteractive={false} fitViewOptions={{ maxZoom: 1 }} />
        <View frame={frame} layout={layout} selected={selected} />
        {chosen && (
          <NodeToolbar nodeId={chosen.pointer} isVisible>
            {toolbar?.(chosen)}
          </NodeToolbar>
        )}
      </ReactFlow>
    </Frame>
  );
}

/** By mouse and by keyboard alike. */
function heard(
  changes: readonly NodeChange<TaskFlowNode>[],
  start: string,
  onSelect: WorkflowGraphProps['onSelect'],
  onTrigger: WorkflowGraphProps['onTrigger'],
): void {
  const chosen = changes.find((change) => change.type === 'select' && change.selected);
  if (chosen?.type !== 'select') return;
  if (chosen.id === start) onTrigger?.();
  else onSelect?.(chosen.id);
}

/** The button of a line: between which tasks it puts a step. */
function useInsert(layout: Layout, onInsert: WorkflowGraphProps['onInsert']) {
  const { t } = useTranslation('workflows');
  return useMemo(() => {
    const names = new Map(layout.boxes.map(({ id, task }) => [id, task?.name]));
    return (line: Line) => {
      if (!onInsert) return null;
      const [from, to] = [names.get(line.from), names.get(line.to)];
      const key = from === undefined ? 'first' : to === undefined ? 'last' : 'between';
      const place = t(`graph.insert.${key}`, { from, to });
      const label = line.label === null ? place : t('graph.insert.case', { place, name: line.label });
      return { label, run: () => onInsert(line) };
    };
  }, [layout, onInsert, t]);
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

/** Begins with the first task in sight, and brings what is chosen elsewhere into it. */
function View({
  frame,
  layout,
  selected,
}: {
  frame: { current: HTMLDivElement | null };
  layout: Layout;
  selected: string | null;
}) {
  const { setViewport, getViewport, setCenter } = useReactFlow();
  const isCalm = useReducedMotion();
  const duration = isCalm ? 0 : 200;
  const hasBegun = useRef(false);

  useEffect(() => {
    const size = frame.current?.getBoundingClientRect();
    if (!size || size.width === 0 || hasBegun.current) return;
    hasBegun.current = true;
    const wide = Math.max(SMALLEST.wide, (size.width - 2 * MARGIN) / layout.width);
    const high = Math.max(SMALLEST.high, (size.height - 2 * MARGIN) / layout.height);
    const zoom = Math.min(1, wide, high);
    const x = (size.width - layout.width * zoom) / 2;
    const y = Math.max(0, (size.height - layout.height * zoom) / 2);
    void setViewport({ x, y, zoom });
  }, [frame, layout, setViewport]);

  useEffect(() => {
    const box = layout.boxes.find(({ id }) => id === selected);
    const size = frame.current?.getBoundingClientRect();
    if (!box || !size || size.width === 0) return;
    const { x, y, zoom } = getViewport();
    const [left, top] = [box.x * zoom + x, box.y * zoom + y];
    const shownHeight = Math.min(box.height * zoom, size.height / 2);
    const isInSight =
      left >= 0 && top >= 0 && left + box.width * zoom <= size.width && top + shownHeight <= size.height;
    if (isInSight) return;
    void setCenter(box.x + box.width / 2, box.y + shownHeight / zoom / 2, { zoom, duration });
  }, [selected, layout, frame, getViewport, setCenter, duration]);

  return null;
}
