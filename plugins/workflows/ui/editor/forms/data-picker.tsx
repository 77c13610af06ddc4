/** "Insert data": what this step gets and earlier ones gave the last time, to choose from. */
import { Button, NavLink, Popover, ScrollArea, Stack, Text, TextInput } from '@mantine/core';
import IconDatabaseImport from '@tabler/icons-react/dist/esm/icons/IconDatabaseImport.mjs';
import { notifyFailed } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useEditing } from '../model/context.ts';
import { SampleSource } from '../parts/sample-data.tsx';
import { keepOutput, type Reference, type ReferenceGroup, referencesAt } from './references.ts';
import { UnknownData } from './unknown-data.tsx';

interface DataPickerProps {
  /** Of the field. */
  label: string;
  pointer: string;
  onPick(reference: string): void;
}

export function DataPicker({ label, pointer, onPick }: DataPickerProps) {
  const { t } = useTranslation('workflows');
  const [isOpen, setOpen] = useState(false);
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-start" width={420} withinPortal trapFocus returnFocus>
      <Popover.Target>
        <Button
          size="compact-xs"
          variant="subtle"
          leftSection={<IconDatabaseImport size={14} aria-hidden />}
          aria-label={t('editor.data.insertInto', { label })}
          onClick={() => setOpen(!isOpen)}
          style={{ alignSelf: 'flex-start' }}
        >
          {t('editor.data.insert')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p="xs">
        {isOpen && (
          <Choices
            pointer={pointer}
            onPick={(reference) => {
              setOpen(false);
              onPick(reference);
            }}
          />
        )}
      </Popover.Dropdown>
    </Popover>
  );
}

function Choices({ pointer, onPick }: Pick<DataPickerProps, 'pointer' | 'onPick'>) {
  const { t } = useTranslation('workflows');
  const { session, sample, definition } = useEditing();
  const [wanted, setWanted] = useState('');
  const { tree } = session.reading.get();
  const groups = tree ? referencesAt(tree, pointer, definition, sample) : [];
  const word = wanted.trim().toLowerCase();
  const found = groups
    .map((group) => ({
      ...group,
      references: group.references.filter(({ text, detail }) => `${text} ${detail}`.toLowerCase().includes(word)),
    }))
    .filter(({ references, unknown }) => references.length > 0 || unknown !== null);
  const pick = ({ keeps }: ReferenceGroup, { text }: Reference) => {
    if (keeps !== null && !session.edit((now, current) => keepOutput(now, current, keeps), { keepsChoice: true }))
      return notifyFailed(new Error(t('editor.refused')));
    onPick(text);
  };
  return (
    <Stack gap="xs">
      <TextInput
        data-autofocus
        aria-label={t('editor.data.find')}
        placeholder={t('editor.data.find')}
        value={wanted}
        onChange={(event) => setWanted(event.currentTarget.value)}
        onKeyDown={(event) => {
          const group = found.find(({ references }) => references.length > 0);
          const [reference] = group?.references ?? [];
          if (event.key === 'Enter' && group && reference) pick(group, reference);
        }}
      />
      <Text size="xs" c="dimmed">
        <SampleSource />
      </Text>
      <ScrollArea.Autosize mah={320} type="auto" viewportProps={{ tabIndex: 0, 'aria-label': t('editor.data.insert') }}>
        {found.length === 0 && (
          <Text size="sm" c="dimmed">
            {t('editor.data.nothing')}
          </Text>
        )}
        {found.map((group) => (
          <section key={`${group.kind} ${group.name}`} aria-label={titleOf(group)}>
            <Text size="xs" c="dimmed" fw={600} mt={4}>
              {titleOf(group)}
            </Text>
            {group.unknown && <UnknownData group={group} />}
            {group.references.map((reference) => (
              <NavLink
                key={reference.text}
                component="button"
                type="button"
                py={4}
                label={reference.label === '.' ? t('editor.data.whole') : reference.label}
                description={reference.detail}
                onClick={() => pick(group, reference)}
              />
            ))}
          </section>
        ))}
      </ScrollArea.Autosize>
    </Stack>
  );

  function titleOf({ kind, name }: ReferenceGroup): string {
    if (kind === 'own' && name === '') return t('editor.data.first');
    return t(`editor.data.${kind}`, { name });
  }
}
