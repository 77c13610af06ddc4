/** What has to be true of an event, field by field. */
import { ActionIcon, Autocomplete, Group, Select } from '@mantine/core';
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs';
import { useTranslation } from 'react-i18next';
import { NumberValue } from '../forms/number-value.tsx';
import type { EventField } from './event-types.ts';
import type { Condition, Operator } from './trigger.ts';
import { useEventNames } from './trigger-text.ts';

interface ConditionRowProps {
  /** Of the event. */
  type: string;
  fields: readonly EventField[];
  value: Condition;
  onChange(value: Condition): void;
  onRemove(): void;
}

export function ConditionRow({ type, fields, value, onChange, onRemove }: ConditionRowProps) {
  const { t } = useTranslation('workflows');
  const names = useEventNames();
  // Of an event whose fields are not known here, or not yet, the value says what it is.
  const field = fields.find(({ name }) => name === value.field) ?? fieldLike(value);
  const operators: readonly Operator[] =
    field.type === 'number' ? ['is', 'above', 'below'] : field.type === 'boolean' ? ['is'] : ['contains', 'is'];
  const known = fields.includes(field) ? fields : [...fields, field];
  return (
    <Group gap="xs" align="flex-end" wrap="nowrap">
      <Select
        flex={1}
        label={t('trigger.fieldLabel')}
        data={known.map(({ name }) => ({ value: name, label: names.field(type, name) }))}
        value={value.field}
        onChange={(name) => onChange(emptyOf(fields.find((one) => one.name === name)))}
        searchable
        allowDeselect={false}
      />
      <Select
        w={130}
        label={t('trigger.compare')}
        data={operators.map((one) => ({ value: one, label: t(`trigger.operator.${one}`) }))}
        value={value.operator}
        onChange={(operator) => onChange({ ...value, operator: (operator ?? 'is') as Operator })}
        allowDeselect={false}
      />
      <ValueInput field={field} value={value.value} onChange={(next) => onChange({ ...value, value: next })} />
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('trigger.removeCondition')} onClick={onRemove}>
        <IconX size={16} />
      </ActionIcon>
    </Group>
  );
}

interface ValueInputProps {
  field: EventField;
  value: Condition['value'];
  onChange(value: Condition['value']): void;
}

function ValueInput({ field, value, onChange }: ValueInputProps) {
  const { t } = useTranslation('workflows');
  const label = t('trigger.value');
  if (field.type === 'number') return <NumberValue flex={1} label={label} value={Number(value)} onChange={onChange} />;
  if (field.type === 'boolean')
    return (
      <Select
        flex={1}
        label={label}
        data={['true', 'false'].map((one) => ({ value: one, label: t(`trigger.${one}`) }))}
        value={String(value)}
        onChange={(next) => onChange(next === 'true')}
        allowDeselect={false}
      />
    );
  return <Autocomplete flex={1} label={label} data={[...field.values]} value={String(value)} onChange={onChange} />;
}

export function emptyOf(field: EventField | undefined): Condition {
  const { name = '', type = 'text' } = field ?? {};
  if (type === 'number') return { field: name, operator: 'is', value: 0 };
  return type === 'boolean'
    ? { field: name, operator: 'is', value: true }
    : { field: name, operator: 'contains', value: '' };
}

function fieldLike({ field, value }: Condition): EventField {
  const type = typeof value === 'string' ? 'text' : typeof value === 'number' ? 'number' : 'boolean';
  return { name: field, type, values: [] };
}
