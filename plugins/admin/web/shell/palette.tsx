/** ⌘K: pages, actions, records of every plugin that this person may see, and the documentation. */
import { Combobox, type ComboboxStore, Modal, ScrollArea, Text, TextInput, useCombobox } from '@mantine/core';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { notifyFailed } from '../kit/actions.tsx';
import { useFocusBack } from '../kit/focus-back.ts';
import { type Choice, useActionChoices, useGuideChoices, usePageChoices, useRecordChoices } from './palette-choices.ts';
import { groupRank, inOrder } from './palette-order.ts';
import { takeTyped } from './typed-ahead.ts';

export default function Palette({ onClose }: { onClose(): void }) {
  const { t } = useTranslation();
  useFocusBack();
  // Escape closes the list, which is all there is here.
  const combobox = useCombobox({ opened: true, onOpenedChange: (isOpen) => !isOpen && onClose() });
  const [text, setText] = useState('');
  // Whether somebody has gone to another row than the first.
  const hasMoved = useRef(false);
  // At once, and not when Mantine gives it the focus: nothing that is typed is lost.
  const receive = useCallback((field: HTMLInputElement | null) => {
    field?.focus();
    const before = field ? takeTyped() : '';
    if (before) setText(before);
  }, []);
  const records = useRecordChoices(text);
  const guides = { title: t('palette.guides'), choices: useGuideChoices(text) };
  const found = [
    { title: t('palette.pages'), choices: usePageChoices(text) },
    { title: t('palette.actions'), choices: useActionChoices(text) },
    { title: t('palette.records'), choices: records.choices },
  ].filter(({ choices }) => choices.length > 0);
  const groups = inOrder(found, ({ choices }) => groupRank(choices, text));
  if (guides.choices.length > 0) groups.push(guides);

  const choose = (key: string) => {
    const choice = groups.flatMap(({ choices }) => choices).find((one) => one.key === key);
    onClose();
    Promise.resolve(choice?.run()).catch(notifyFailed);
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
            ref={receive}
            size="md"
            variant="unstyled"
            px="md"
            py={4}
            aria-label={t('shell.find')}
            placeholder={t('palette.placeholder')}
            value={text}
            onChange={(event) => {
              setText(event.currentTarget.value);
              hasMoved.current = false;
            }}
            onKeyDown={({ key }) => {
              if (key === 'ArrowDown' || key === 'ArrowUp') hasMoved.current = true;
            }}
          />
        </Combobox.EventsTarget>
        <ScrollArea.Autosize mah="60dvh" px="xs" pb="xs">
          <Rows groups={groups} isSearching={records.isSearching} combobox={combobox} hasMoved={hasMoved} />
        </ScrollArea.Autosize>
      </Combobox>
    </Modal>
  );
}

interface RowsProps {
  groups: readonly { title: string; choices: readonly Choice[] }[];
  isSearching: boolean;
  combobox: ComboboxStore;
  hasMoved: { readonly current: boolean };
}

/** The first row is the chosen one, whatever is found later, until somebody goes to another. */
function Rows({ groups, isSearching, combobox, hasMoved }: RowsProps) {
  const { t } = useTranslation();
  const keys = groups.flatMap(({ choices }) => choices.map(({ key }) => key)).join('\n');
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever there are other rows
  useEffect(() => {
    if (hasMoved.current) combobox.updateSelectedOptionIndex();
    else combobox.selectFirstOption();
  }, [keys]);
  return (
    <Combobox.Options aria-label={t('shell.palette')}>
      {groups.length === 0 && isSearching && <Combobox.Empty role="status">{t('palette.searching')}</Combobox.Empty>}
      {groups.length === 0 && !isSearching && (
        <Combobox.Empty>
          {t('palette.nothing')}
          <Text size="xs">{t('palette.nothingHint')}</Text>
        </Combobox.Empty>
      )}
      {groups.map((group) => (
        <Combobox.Group key={group.title} label={group.title}>
          {group.choices.map((choice) => (
            <Combobox.Option key={choice.key} value={choice.key}>
              <Text size="sm" component="span">
                {choice.title}
              </Text>
              {(choice.of || choice.description) && (
                <Text size="xs" className="palette-section" component="span" ml="xs">
                  {[choice.of, choice.description].filter(Boolean).join(' · ')}
                </Text>
              )}
            </Combobox.Option>
          ))}
        </Combobox.Group>
      ))}
    </Combobox.Options>
  );
}
