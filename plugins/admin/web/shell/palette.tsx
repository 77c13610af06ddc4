/** ⌘K: pages, actions, records of every plugin that this person may see, and the documentation. */
import { Combobox, Modal, ScrollArea, Text, TextInput, useCombobox } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { tellFailed } from '../kit/actions.tsx';
import { useFocusBack } from '../kit/focus-back.ts';
import { useActionChoices, useGuideChoices, usePageChoices, useRecordChoices } from './palette-choices.ts';

export default function Palette({ onClose }: { onClose(): void }) {
  const { t } = useTranslation();
  useFocusBack();
  // Escape closes the list, which is all there is here.
  const combobox = useCombobox({ opened: true, onOpenedChange: (isOpen) => !isOpen && onClose() });
  const [text, setText] = useState('');
  const groups = [
    { title: t('palette.records'), choices: useRecordChoices(text) },
    { title: t('palette.pages'), choices: usePageChoices(text) },
    { title: t('palette.actions'), choices: useActionChoices(text) },
    { title: t('palette.guides'), choices: useGuideChoices(text) },
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
