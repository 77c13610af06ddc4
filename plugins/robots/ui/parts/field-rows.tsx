/** Fields of contacts as rows: a name and its value each. */
import { ActionIcon, Button, Group, Input, Stack, TextInput } from '@mantine/core';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconTrash from '@tabler/icons-react/dist/esm/icons/IconTrash.mjs';
import { useTranslation } from 'react-i18next';
import { changeContact } from '../bounds.ts';

export interface Field {
  key: string;
  name: string;
  value: string;
}

export function fieldRowsOf(fields: Readonly<Record<string, unknown>>): readonly Field[] {
  return Object.entries(fields).map(([name, value]) => ({ key: name, name, value: String(value) }));
}

interface FieldRowsProps {
  label: string;
  fields: readonly Field[];
  onChange(fields: readonly Field[]): void;
}

export function FieldRows({ label, fields, onChange }: FieldRowsProps) {
  const { t } = useTranslation('robots');
  const put = (key: string, change: Partial<Field>) =>
    onChange(fields.map((field) => (field.key === key ? { ...field, ...change } : field)));
  return (
    <Input.Wrapper label={label} labelElement="div">
      <Stack gap="xs" pt={4}>
        {fields.map(({ key, name, value }, index) => (
          <Group key={key} gap="xs" wrap="nowrap">
            <TextInput
              flex={1}
              aria-label={t('contacts.fieldName', { number: index + 1 })}
              placeholder="city"
              value={name}
              onChange={(event) => put(key, { name: event.currentTarget.value })}
              {...changeContact.fields.names}
              required
            />
            <TextInput
              flex={2}
              aria-label={t('contacts.fieldValue', { name: name || index + 1 })}
              value={value}
              onChange={(event) => put(key, { value: event.currentTarget.value })}
              maxLength={2_000}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t('contacts.removeField', { name: name || index + 1 })}
              onClick={() => onChange(fields.filter((field) => field.key !== key))}
            >
              <IconTrash size={16} />
            </ActionIcon>
          </Group>
        ))}
        <Button
          variant="default"
          size="xs"
          w="fit-content"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => onChange([...fields, { key: crypto.randomUUID(), name: '', value: '' }])}
        >
          {t('contacts.addField')}
        </Button>
      </Stack>
    </Input.Wrapper>
  );
}
