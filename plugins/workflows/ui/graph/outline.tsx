/** The tasks as a list: the same as the graph for who reads, hears, or holds a telephone. */
import { Text, ThemeIcon, UnstyledButton } from '@mantine/core';
import { State } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { categoryOfCall } from '../steps/categories.ts';
import { categoryIcon } from '../steps/category-icons.ts';
import { useStepNames } from '../steps/step-names.ts';
import classes from './graph.module.css';
import { kindIcon } from './kind-icons.ts';
import type { TaskStates } from './states.ts';
import type { TaskList, TaskNode } from './tasks.ts';

export interface OutlineProps {
  tasks: TaskList;
  states: TaskStates;
  problems: ReadonlyMap<string, string>;
  selected: string | null;
  onSelect?: ((pointer: string | null) => void) | undefined;
}

export function Outline(props: OutlineProps) {
  const { t } = useTranslation('workflows');
  if (props.tasks.tasks.length === 0)
    return (
      <Text size="sm" c="dimmed" p="xs">
        {t('graph.empty')}
      </Text>
    );
  return (
    <ol className={classes.outline} aria-label={t('graph.list.do')}>
      {props.tasks.tasks.map((task) => (
        <Item key={task.pointer} task={task} {...props} />
      ))}
    </ol>
  );
}

function Item({ task, ...props }: OutlineProps & { task: TaskNode }) {
  const { t } = useTranslation('workflows');
  const { states, problems, selected, onSelect } = props;
  const state = states.get(task.pointer);
  const problem = problems.get(task.pointer);
  const names = useStepNames();
  const KindIcon = task.kind === 'call' ? categoryIcon(categoryOfCall(task.detail)) : kindIcon(task.kind);
  const detail = task.kind === 'call' ? names.title(task.detail) : task.detail;
  return (
    <li>
      <UnstyledButton
        className={classes.row}
        aria-pressed={onSelect ? task.pointer === selected : undefined}
        disabled={!onSelect}
        onClick={() => onSelect?.(task.pointer)}
      >
        <ThemeIcon variant="light" color="gray" size={26} aria-hidden>
          <KindIcon size={15} stroke={1.6} />
        </ThemeIcon>
        <span className={classes.texts}>
          <Text size="sm" fw={600} component="span" display="block" truncate>
            {task.name}
          </Text>
          <Text size="xs" c={problem ? 'red' : 'dimmed'} component="span" display="block" truncate>
            {problem ?? [t(`kind.${task.kind ?? 'none'}`), detail].filter(Boolean).join(' · ')}
          </Text>
        </span>
        {state?.note && (
          <Text size="xs" c="dimmed" component="span">
            {state.note}
          </Text>
        )}
        {state && <State value={state.status} text={t(`state.${state.status}`)} />}
      </UnstyledButton>
      {task.lists.map((list) => (
        <div key={list.pointer}>
          {list.role !== 'do' && (
            <Text size="xs" c="dimmed" fw={600} ms={25} mt={4}>
              {t(`graph.list.${list.role}`)}
            </Text>
          )}
          <ol aria-label={t(`graph.list.${list.role}`)}>
            {list.tasks.map((inner) => (
              <Item key={inner.pointer} task={inner} {...props} />
            ))}
          </ol>
        </div>
      ))}
    </li>
  );
}
