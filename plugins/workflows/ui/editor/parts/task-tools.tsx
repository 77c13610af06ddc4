/** Buttons for what can be done with the chosen task. */
import { ActionIcon, Button, Group } from '@mantine/core';
import IconArrowDown from '@tabler/icons-react/dist/esm/icons/IconArrowDown.mjs';
import IconArrowUp from '@tabler/icons-react/dist/esm/icons/IconArrowUp.mjs';
import IconCopyPlus from '@tabler/icons-react/dist/esm/icons/IconCopyPlus.mjs';
import IconPackage from '@tabler/icons-react/dist/esm/icons/IconPackage.mjs';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconTrash from '@tabler/icons-react/dist/esm/icons/IconTrash.mjs';
import type { ComponentPropsWithRef, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { TaskList, TaskNode } from '../../graph/index.ts';
import { WRAPPERS } from '../edits/index.ts';
import { MenuOnDemand } from './menu-on-demand.tsx';
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
      <MenuOnDemand
        button={(given) => (
          <Button leftSection={<IconPlus size={16} />} disabled={isDisabled} {...given}>
            {t('editor.add.button')}
          </Button>
        )}
        items={[
          ...(task
            ? [
                { label: t('editor.add.after', { name: task.name }), run: () => onAdd('after') },
                { label: t('editor.add.before', { name: task.name }), run: () => onAdd('before') },
                ...rolesOf(task).map((role) => ({
                  label: t('editor.add.inside', { name: task.name, list: t(`graph.list.${role}`) }),
                  run: () => onAdd({ inside: role }),
                })),
              ]
            : []),
          { label: t('editor.add.start'), run: () => onAdd('start') },
          { label: t('editor.add.end'), run: () => onAdd('end') },
        ]}
      />
      <Tool label={t('editor.moveUp')} isOff={isOff} onClick={() => actions.move(-1)}>
        <IconArrowUp size={16} />
      </Tool>
      <Tool label={t('editor.moveDown')} isOff={isOff} onClick={() => actions.move(1)}>
        <IconArrowDown size={16} />
      </Tool>
      <Tool label={t('editor.copy')} isOff={isOff} onClick={() => actions.copy()}>
        <IconCopyPlus size={16} />
      </Tool>
      <MenuOnDemand
        button={(given) => (
          <ToolButton label={t('editor.wrap.button')} disabled={isOff} {...given}>
            <IconPackage size={16} />
          </ToolButton>
        )}
        items={WRAPPERS.map((wrapper) => ({ label: t(`editor.wrap.${wrapper}`), run: () => actions.wrap(wrapper) }))}
      />
      <Tool label={t('editor.remove')} isOff={isOff} onClick={() => actions.remove()}>
        <IconTrash size={16} />
      </Tool>
    </Group>
  );
}

interface ToolProps {
  label: string;
  isOff: boolean;
  onClick(): void;
  children: ReactNode;
}

function Tool({ label, isOff, onClick, children }: ToolProps) {
  return (
    <ToolButton label={label} disabled={isOff} onClick={onClick}>
      {children}
    </ToolButton>
  );
}

/** With a hint of the browser: one of its own would bring all that lies over pages. */
function ToolButton({ label, ...props }: { label: string } & ComponentPropsWithRef<'button'>) {
  return <ActionIcon variant="default" size="input-sm" aria-label={label} title={label} {...props} />;
}
