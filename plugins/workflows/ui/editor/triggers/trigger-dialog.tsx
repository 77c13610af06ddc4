/** "When should it begin?": a call, something that happens, a time; with what has to be true of it. */
import { ActionIcon, Autocomplete, Button, Checkbox, Group, NumberInput, Select, Stack, Text } from '@mantine/core';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs';
import { FormModal } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type EventField, type KnownEvent, useEventTypes } from './event-types.ts';
import { type Condition, type Operator, type Trigger, UNITS, type Unit } from './trigger.ts';
import { useEventNames, WEEK } from './trigger-text.ts';

type Chosen = Exclude<Trigger, { kind: 'other' }>;

interface TriggerDialogProps {
  trigger: Trigger;
  onChoose(trigger: Chosen): void;
  onClose(): void;
}

const HERE = Intl.DateTimeFormat().resolvedOptions().timeZone;
const ZONES = [...new Set(['UTC', HERE, ...Intl.supportedValuesOf('timeZone')])];
const MORNING: Chosen = { kind: 'at', time: '08:00', days: [], zone: HERE };

export function TriggerDialog({ trigger, onChoose, onClose }: TriggerDialogProps) {
  const { t } = useTranslation('workflows');
  const events = useEventTypes();
  const [chosen, setChosen] = useState<Chosen>(trigger.kind === 'other' ? { kind: 'call' } : trigger);
  const started = (kind: string | null): Chosen => {
    if (kind === 'event') return { kind, type: events[0]?.type ?? '', conditions: [] };
    if (kind === 'every') return { kind, amount: 10, unit: 'minutes' };
    return kind === 'at' ? MORNING : { kind: 'call' };
  };
  return (
    <FormModal
      title={t('trigger.question')}
      action={t('trigger.apply')}
      isOpen
      onClose={onClose}
      size="lg"
      isReady={isWhole(chosen)}
      onSubmit={async () => onChoose(chosen)}
    >
      {() => (
        <Stack gap="sm">
          {trigger.kind === 'other' && (
            <Text size="sm" c="dimmed">
              {t('trigger.otherText')}
            </Text>
          )}
          <Select
            label={t('trigger.kind.label')}
            data={['event', 'at', 'every', 'call'].map((value) => ({ value, label: t(`trigger.kind.${value}`) }))}
            value={chosen.kind}
            onChange={(kind) => setChosen(started(kind))}
            allowDeselect={false}
            data-autofocus
          />
          {chosen.kind === 'call' && <Text size="sm">{t('trigger.callText')}</Text>}
          {chosen.kind === 'every' && <Every value={chosen} onChange={setChosen} />}
          {chosen.kind === 'at' && <At value={chosen} onChange={setChosen} />}
          {chosen.kind === 'event' && <Happening events={events} value={chosen} onChange={setChosen} />}
        </Stack>
      )}
    </FormModal>
  );
}

interface PartProps<K extends Chosen['kind']> {
  value: Extract<Chosen, { kind: K }>;
  onChange(value: Chosen): void;
}

function Every({ value, onChange }: PartProps<'every'>) {
  const { t } = useTranslation('workflows');
  return (
    <Group grow>
      <NumberInput
        label={t('trigger.amount')}
        value={value.amount}
        allowDecimal={false}
        onChange={(amount) => onChange({ ...value, amount: Number(amount) })}
      />
      <Select
        label={t('trigger.units')}
        data={UNITS.map((unit) => ({ value: unit, label: t(`trigger.unit.${unit}`) }))}
        value={value.unit}
        onChange={(unit) => onChange({ ...value, unit: (unit ?? 'minutes') as Unit })}
        allowDeselect={false}
      />
    </Group>
  );
}

function At({ value, onChange }: PartProps<'at'>) {
  const { t } = useTranslation('workflows');
  const times = Array.from({ length: 24 }, (_, hour) => `${String(hour).padStart(2, '0')}:00`);
  return (
    <>
      <Group grow align="flex-start">
        <Autocomplete
          label={t('trigger.time')}
          data={times}
          value={value.time}
          onChange={(time) => onChange({ ...value, time })}
          error={isTime(value.time) ? null : t('trigger.timeText')}
        />
        <Select
          label={t('trigger.zone')}
          data={ZONES}
          value={value.zone}
          onChange={(zone) => onChange({ ...value, zone: zone ?? HERE })}
          searchable
          limit={50}
          allowDeselect={false}
        />
      </Group>
      <Checkbox.Group
        label={t('trigger.days')}
        description={t('trigger.daysText')}
        value={value.days.map(String)}
        onChange={(days) => onChange({ ...value, days: days.map(Number) })}
      >
        <Group gap="sm" mt={4}>
          {WEEK.map((day) => (
            <Checkbox key={day} value={String(day)} label={t(`trigger.day.${day}`)} />
          ))}
        </Group>
      </Checkbox.Group>
    </>
  );
}

function Happening({ events, value, onChange }: PartProps<'event'> & { events: readonly KnownEvent[] }) {
  const { t } = useTranslation('workflows');
  const names = useEventNames();
  const fields = events.find(({ type }) => type === value.type)?.fields ?? [];
  const put = (conditions: readonly Condition[]) => onChange({ ...value, conditions });
  const known = events.some(({ type }) => type === value.type);
  const types = [...(known || value.type === '' ? [] : [value.type]), ...events.map(({ type }) => type)];
  return (
    <>
      <Select
        label={t('trigger.happens')}
        data={types.map((type) => ({ value: type, label: names.event(type) }))}
        value={value.type}
        onChange={(type) => onChange({ kind: 'event', type: type ?? '', conditions: [] })}
        searchable
        allowDeselect={false}
      />
      {value.conditions.map((condition, place) => (
        <ConditionRow
          // biome-ignore lint/suspicious/noArrayIndexKey: the place is what a condition is known by
          key={place}
          type={value.type}
          fields={fields}
          value={condition}
          onChange={(next) => put(value.conditions.with(place, next))}
          onRemove={() => put(value.conditions.toSpliced(place, 1))}
        />
      ))}
      {fields.length > 0 && (
        <Group>
          <Button
            variant="subtle"
            size="compact-sm"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => put([...value.conditions, emptyOf(fields[0])])}
          >
            {t('trigger.addCondition')}
          </Button>
        </Group>
      )}
    </>
  );
}

interface ConditionRowProps {
  /** Of the event. */
  type: string;
  fields: readonly EventField[];
  value: Condition;
  onChange(value: Condition): void;
  onRemove(): void;
}

function ConditionRow({ type, fields, value, onChange, onRemove }: ConditionRowProps) {
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
  if (field.type === 'number')
    return <NumberInput flex={1} label={label} value={Number(value)} onChange={(next) => onChange(Number(next))} />;
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

function emptyOf(field: EventField | undefined): Condition {
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

function isTime(text: string): boolean {
  return /^([01]\d|2[0-3]):[0-5]\d$/.test(text);
}

function isWhole(chosen: Chosen): boolean {
  if (chosen.kind === 'at') return isTime(chosen.time);
  if (chosen.kind === 'every') return chosen.amount >= 1;
  if (chosen.kind !== 'event') return true;
  return chosen.type !== '' && chosen.conditions.every(({ value }) => value !== '' && !Number.isNaN(value));
}
