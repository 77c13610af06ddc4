/** Filters, order and columns under a name, in this browser. */
import { ActionIcon, Button, Group, Menu, TextInput } from '@mantine/core';
import IconBookmark from '@tabler/icons-react/dist/esm/icons/IconBookmark.mjs';
import IconTrash from '@tabler/icons-react/dist/esm/icons/IconTrash.mjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isRecord } from '../../client/api-error.ts';
import { notifyDone } from '../actions.tsx';

type View = Readonly<Record<string, string>>;

interface SavedViewsProps {
  list: string;
  view: View;
  onOpen(view: View): void;
}

export function SavedViews({ list, view, onOpen }: SavedViewsProps) {
  const { t } = useTranslation();
  const [views, setViews] = useState(() => read(list));
  const [name, setName] = useState('');
  const keep = (next: Record<string, View>) => {
    localStorage.setItem(keyOf(list), JSON.stringify(next));
    setViews(next);
  };
  const remove = (gone: string) => {
    const { [gone]: _, ...rest } = views;
    keep(rest);
    notifyDone(t('table.viewRemoved', { name: gone }), () => keep(views));
  };
  return (
    <Menu position="bottom-end" width={260} trapFocus>
      <Menu.Target>
        <ActionIcon variant="default" size="lg" aria-label={t('table.views')}>
          <IconBookmark size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('table.views')}</Menu.Label>
        {Object.entries(views).map(([title, saved]) => (
          <Group key={title} gap={0} wrap="nowrap">
            <Menu.Item onClick={() => onOpen(saved)}>{title}</Menu.Item>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t('table.removeView', { name: title })}
              onClick={() => remove(title)}
            >
              <IconTrash size={14} />
            </ActionIcon>
          </Group>
        ))}
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (name.trim() === '') return;
            keep({ ...views, [name.trim()]: view });
            setName('');
          }}
        >
          <Group gap={4} wrap="nowrap" p={4}>
            <TextInput
              size="xs"
              aria-label={t('table.viewName')}
              placeholder={t('table.viewName')}
              value={name}
              maxLength={60}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Button size="xs" type="submit">
              {t('save')}
            </Button>
          </Group>
        </form>
      </Menu.Dropdown>
    </Menu>
  );
}

function keyOf(list: string): string {
  return `patchbay.views ${list}`;
}

function read(list: string): Record<string, View> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(keyOf(list)) ?? '{}');
    return isRecord(kept) ? (kept as Record<string, View>) : {};
  } catch {
    return {};
  }
}
