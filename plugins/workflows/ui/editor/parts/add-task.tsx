/** "What should happen?": every kind of task and every function, to be found by a word. */
import { Modal, NavLink, ScrollArea, Stack, Text, TextInput } from '@mantine/core';
import { useFocusBack } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { KINDS, kindIcon } from '../../graph/index.ts';
import { byPlugin, LANGUAGE_CALLS } from '../forms/call-form.tsx';
import { useEditing } from '../model/context.ts';
import { emptyCall, newTask } from '../model/new-task.ts';

export interface NewTask {
  name: string;
  body: Record<string, unknown>;
}

interface AddTaskProps {
  isOpen: boolean;
  onClose(): void;
  onChoose(task: NewTask): void;
}

interface Choice {
  key: string;
  title: string;
  text: string;
  group: string;
  make(): NewTask;
}

export function AddTask({ isOpen, onClose, onChoose }: AddTaskProps) {
  const { t } = useTranslation('workflows');
  useFocusBack();
  const { functions } = useEditing();
  const [wanted, setWanted] = useState('');
  const close = () => {
    setWanted('');
    onClose();
  };
  const kinds = KINDS.flatMap((kind): Choice[] => {
    if (kind === 'call') return [];
    const make = () => ({ name: kind, body: newTask(kind) });
    return [
      {
        key: kind,
        title: t(`editor.kind.${kind}`),
        text: t(`editor.kindText.${kind}`),
        group: t('editor.add.steps'),
        make,
      },
    ];
  });
  const calls = LANGUAGE_CALLS.map((call): Choice => {
    const make = () => ({ name: call, body: emptyCall(call, functions) });
    return {
      key: `call:${call}`,
      title: t(`editor.call.${call}`),
      text: t(`editor.call.${call}Text`),
      group: t('editor.call.language'),
      make,
    };
  });
  const known = byPlugin(functions.map(({ name }) => name)).flatMap(({ group, items }) =>
    items.map((name): Choice => {
      const make = () => ({ name: name.split('.').at(-1) ?? name, body: emptyCall(name, functions) });
      return { key: name, title: name, text: functions.find((one) => one.name === name)?.summary ?? '', group, make };
    }),
  );
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  const found = [...kinds, ...calls, ...known].filter(({ key, title, text }) =>
    words.every((word) => `${key} ${title} ${text}`.toLowerCase().includes(word)),
  );
  const choose = (choice: Choice) => {
    onChoose(choice.make());
    close();
  };
  return (
    <Modal
      opened={isOpen}
      onClose={close}
      title={t('editor.add.title')}
      size="lg"
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <Stack>
        <TextInput
          data-autofocus
          label={t('editor.add.find')}
          value={wanted}
          onChange={(event) => setWanted(event.currentTarget.value)}
          onKeyDown={(event) => {
            const [first] = found;
            if (event.key === 'Enter' && first) choose(first);
          }}
        />
        <ScrollArea.Autosize mah={420} type="auto">
          {found.length === 0 && (
            <Text size="sm" c="dimmed">
              {t('editor.add.nothing')}
            </Text>
          )}
          {found.map((choice, index) => {
            const kind = KINDS.find((one) => one === choice.key) ?? 'call';
            const Icon = kindIcon(kind);
            const isFirst = found[index - 1]?.group !== choice.group;
            return (
              <div key={choice.key}>
                {isFirst && (
                  <Text size="xs" c="dimmed" fw={600} mt="xs">
                    {choice.group}
                  </Text>
                )}
                <NavLink
                  component="button"
                  type="button"
                  label={choice.title}
                  description={choice.text}
                  leftSection={<Icon size={18} stroke={1.6} />}
                  onClick={() => choose(choice)}
                />
              </div>
            );
          })}
        </ScrollArea.Autosize>
      </Stack>
    </Modal>
  );
}
