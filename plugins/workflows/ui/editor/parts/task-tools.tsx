/** Buttons for what can be done with the chosen task. */
import { ActionIcon, Button, Group, Menu, Tooltip } from '@mantine/core';
import IconArrowDown from '@tabler/icons-react/dist/esm/icons/IconArrowDown.mjs';
import IconArrowUp from '@tabler/icons-react/dist/esm/icons/IconArrowUp.mjs';
import IconCopyPlus from '@tabler/icons-react/dist/esm/icons/IconCopyPlus.mjs';
import IconPackage from '@tabler/icons-react/dist/esm/icons/IconPackage.mjs';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconTrash from '@tabler/icons-react/dist/esm/icons/IconTrash.mjs';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { TaskList, TaskNode } from '../../graph/index.ts';
import { WRAPPERS } from '../edits/index.ts';
import type { TaskActions, Where } from './task-actions.ts';

interface TaskToolsProps {
  task: TaskNode | null;
  actions: TaskActions;
  isDisabled: boolean;
  onAdd(where: Where): void;
}

/** Lists that a task may have inside, also those that are not written yet. */
function rolesOf({ kind, lists }: TaskNode): TaskList['role'][] {
  const own = lists.map(({ role }) => role);
  if (kind === 'try' && !own.includes('catch')) return [...own, 'catch'];
  return kind === 'listen' && own.length === 0 ? ['foreach'] : own;
}

export function TaskTools({ task, actions, isDisabled, onAdd }: TaskToolsProps) {
  const { t } = useTranslation('workflows');
  const isOff = isDisabled || !task;
  return (
    <Group gap={4} role="toolbar" aria-label={t('editor.tools')}>
      <Menu position="bottom-start" withinPortal>
        <Menu.Target>
          <Button size="compact-sm" leftSection={<IconPlus size={14} />} disabled={isDisabled}>
            {t('editor.add.button')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {task && <Menu.Item onClick={() => onAdd('after')}>{t('editor.add.after', { name: task.name })}</Menu.Item>}
          {task && <Menu.Item onClick={() => onAdd('before')}>{t('editor.add.before', { name: task.name })}</Menu.Item>}
          {task &&
            rolesOf(task).map((role) => (
              <Menu.Item key={role} onClick={() => onAdd({ inside: role })}>
                {t('editor.add.inside', { name: task.name, list: t(`graph.list.${role}`) })}
              </Menu.Item>
            ))}
          <Menu.Item onClick={() => onAdd('start')}>{t('editor.add.start')}</Menu.Item>
          <Menu.Item onClick={() => onAdd('end')}>{t('editor.add.end')}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Tool label={t('editor.moveUp')} isOff={isOff} onClick={() => actions.move(-1)}>
        <IconArrowUp size={16} />
      </Tool>
      <Tool label={t('editor.moveDown')} isOff={isOff} onClick={() => actions.move(1)}>
        <IconArrowDown size={16} />
      </Tool>
      <Tool label={t('editor.copy')} isOff={isOff} onClick={() => actions.copy()}>
        <IconCopyPlus size={16} />
      </Tool>
      <Menu position="bottom-start" withinPortal>
        <Menu.Target>
          <ActionIcon
            variant="default"
            size="md"
            disabled={isOff}
            aria-label={t('editor.wrap.button')}
            title={t('editor.wrap.button')}
          >
            <IconPackage size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {WRAPPERS.map((wrapper) => (
            <Menu.Item key={wrapper} onClick={() => actions.wrap(wrapper)}>
              {t(`editor.wrap.${wrapper}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Tool label={t('editor.remove')} isOff={isOff} onClick={() => actions.remove()}>
        <IconTrash size={16} />
      </Tool>
    </Group>
  );
}

function Tool({
  label,
  isOff,
  onClick,
  children,
}: {
  label: string;
  isOff: boolean;
  onClick(): void;
  children: ReactNode;
}) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="default" size="md" aria-label={label} disabled={isOff} onClick={onClick}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}
