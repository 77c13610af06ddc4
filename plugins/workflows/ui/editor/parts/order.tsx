/** The tasks of the list that the chosen one stands in, to be brought into another order by dragging. */
import { Anchor, Text } from '@mantine/core';
import IconGripVertical from '@tabler/icons-react/dist/esm/icons/IconGripVertical.mjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { kindIcon, type TaskList } from '../../graph/index.ts';
import classes from '../editor.module.css';
import type { TaskActions } from './task-actions.ts';

interface OrderProps {
  list: TaskList;
  chosen: string;
  actions: TaskActions;
  isDisabled: boolean;
  onSelect(pointer: string): void;
}

export function Order({ list, chosen, actions, isDisabled, onSelect }: OrderProps) {
  const { t } = useTranslation('workflows');
  const [dragged, setDragged] = useState<string | null>(null);
  const [over, setOver] = useState<number | null>(null);
  const drop = (index: number) => {
    if (dragged !== null) actions.moveTo(dragged, index);
    setDragged(null);
    setOver(null);
  };
  return (
    <div>
      <Text size="xs" c="dimmed" mb={4}>
        {t('editor.order.text')}
      </Text>
      <ol className={classes.order} aria-label={t('editor.order.label')}>
        {list.tasks.map((task, index) => {
          const Icon = kindIcon(task.kind);
          return (
            <li
              key={task.pointer}
              className={classes.step}
              draggable={!isDisabled}
              data-chosen={task.pointer === chosen || undefined}
              data-over={over === index || undefined}
              onDragStart={(event) => {
                event.dataTransfer.effectAllowed = 'move';
                event.dataTransfer.setData('text/plain', task.name);
                setDragged(task.pointer);
              }}
              onDragOver={(event) => {
                if (dragged === null) return;
                event.preventDefault();
                const box = event.currentTarget.getBoundingClientRect();
                setOver(event.clientY > box.top + box.height / 2 ? index + 1 : index);
              }}
              onDragEnd={() => {
                setDragged(null);
                setOver(null);
              }}
              onDrop={(event) => {
                event.preventDefault();
                drop(over ?? index);
              }}
            >
              <span className={classes.handle} aria-hidden>
                <IconGripVertical size={16} />
              </span>
              <Icon size={16} stroke={1.6} aria-hidden />
              <Anchor component="button" type="button" size="sm" onClick={() => onSelect(task.pointer)}>
                {task.name}
              </Anchor>
            </li>
          );
        })}
      </ol>
    </div>
  );
}
