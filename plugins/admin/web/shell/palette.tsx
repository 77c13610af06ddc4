/** ⌘K: pages, actions, and records of every plugin that this person may see. */
import { Combobox, Modal, ScrollArea, Text, TextInput, useCombobox } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useRouteContext } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay, useUi } from '../client/me.ts';
import { tellFailed } from '../kit/actions.tsx';
import type { FoundRecord } from '../kit/define-pages.ts';
import { useFocusBack } from '../kit/focus-back.ts';
import { useRouter } from '../kit/use-router.ts';
import { useNavigation } from './navigation.tsx';
import type { LoadedPages } from './registry.ts';

interface Choice extends Omit<FoundRecord, 'path'> {
  key: string;
  run(): unknown;
}

const WRITING_MS = 200;

export default function Palette({ onClose }: { onClose(): void }) {
  const { t } = useTranslation();
  useFocusBack();
  const { go } = useRouter();
  // Escape closes the list, which is all there is here.
  const combobox = useCombobox({ opened: true, onOpenedChange: (isOpen) => !isOpen && onClose() });
  const [text, setText] = useState('');
  const { sections, commands } = useNavigation();
  const { pages } = usePages();
  const records = useRecords(text);
  const matches = (title: string) => title.toLowerCase().includes(text.trim().toLowerCase());

  const places = sections
    .flatMap(({ title, items }) => items.map((item) => ({ ...item, section: title })))
    .filter(({ title }) => matches(title))
    .map(({ key, title, path, section }): Choice => ({ key, title, description: section, run: () => go(path) }));
  const actions = commands
    .filter(({ title }) => matches(title))
    .map(({ key, plugin, id, title, path }): Choice => {
      const own = new Map(Object.entries(pages.find(({ name }) => name === plugin)?.commands ?? {}));
      const run = own.get(id);
      return { key, title, run: () => (path ? go(path) : run?.({ navigate: go })) };
    });
  const found = records.map(
    (record, place): Choice => ({ ...record, key: `record ${place} ${record.path}`, run: () => go(record.path) }),
  );
  const groups = [
    { title: t('palette.records'), choices: found },
    { title: t('palette.pages'), choices: places },
    { title: t('palette.actions'), choices: actions },
  ].filter(({ choices }) => choices.length > 0);

  const choose = (key: string) => {
    const choice = groups.flatMap(({ choices }) => choices).find((one) => one.key === key);
    onClose();
    Promise.resolve(choice?.run()).catch(tellFailed);
  };
  return (
    <Modal
      opened
      onClose={onClose}
      withCloseButton={false}
      size="lg"
      padding={0}
      attributes={{ content: { 'aria-label': t('shell.palette') } }}
      yOffset="10dvh"
    >
      <Combobox store={combobox} onOptionSubmit={choose} withinPortal={false}>
        <Combobox.EventsTarget>
          <TextInput
            data-autofocus
            size="md"
            variant="unstyled"
            px="md"
            py={4}
            aria-label={t('shell.find')}
            placeholder={t('palette.placeholder')}
            value={text}
            onChange={(event) => {
              setText(event.currentTarget.value);
              combobox.resetSelectedOption();
              requestAnimationFrame(() => combobox.selectFirstOption());
            }}
          />
        </Combobox.EventsTarget>
        <ScrollArea.Autosize mah="60dvh" px="xs" pb="xs">
          <Combobox.Options aria-label={t('shell.palette')}>
            {groups.length === 0 && <Combobox.Empty>{t('palette.nothing')}</Combobox.Empty>}
            {groups.map((group) => (
              <Combobox.Group key={group.title} label={group.title}>
                {group.choices.map((choice) => (
                  <Combobox.Option key={choice.key} value={choice.key}>
                    <Text size="sm" component="span">
                      {choice.title}
                    </Text>
                    {choice.description && (
                      <Text size="xs" className="palette-section" component="span" ml="xs">
                        {choice.description}
                      </Text>
                    )}
                  </Combobox.Option>
                ))}
              </Combobox.Group>
            ))}
          </Combobox.Options>
        </ScrollArea.Autosize>
      </Combobox>
    </Modal>
  );
}

function usePages(): LoadedPages {
  return useRouteContext({
    strict: false,
    select: (context: { loaded?: LoadedPages }) => context.loaded,
  } as never) as unknown as LoadedPages;
}

/** What plugins find, each in its own time; one that fails finds nothing. */
function useRecords(text: string): readonly FoundRecord[] {
  const { pages } = usePages();
  const may = useMay();
  const on = new Set(useUi().plugins.map(({ name }) => name));
  const [wanted] = useDebouncedValue(text.trim(), WRITING_MS);
  const { data = [] } = useQuery({
    queryKey: ['palette', wanted],
    enabled: wanted.length > 1,
    placeholderData: keepPreviousData,
    async queryFn({ signal }): Promise<readonly FoundRecord[]> {
      const found = await Promise.allSettled(
        pages.map(({ name, find }) => (on.has(name) && find?.(wanted, signal, may)) || []),
      );
      return found.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
    },
  });
  return wanted.length > 1 ? data : [];
}
