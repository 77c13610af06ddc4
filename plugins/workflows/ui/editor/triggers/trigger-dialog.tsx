/** "When should it begin?": what happens, in tiles, and what is to be said of it. */
import { Autocomplete, Button, Checkbox, Group, NumberInput, Select, SimpleGrid, Stack, Text } from '@mantine/core';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import { FormModal } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CallFields, HandText } from './call-fields.tsx';
import { ConditionRow, emptyOf } from './conditions.tsx';
import {
  addedConditions,
  begun,
  type Chosen,
  type Entry,
  type EventTrigger,
  entriesFor,
  entryOf,
  TYPES,
} from './entries.ts';
import { EntryTile } from './entry-tile.tsx';
import { type KnownEvent, useEventTypes } from './event-types.ts';
import { QuickFields } from './quick-fields.tsx';
import { type Condition, type Trigger, UNITS, type Unit } from './trigger.ts';
import { useEventNames, WEEK } from './trigger-text.ts';

interface TriggerDialogProps {
  trigger: Trigger;
  /** Of the event that starts it now. */
  type: string | null;
  /** The one that was chosen already; without it, what stands there, with all others to choose from. */
  entry: Entry | null;
  /** Its address for calls from outside; null while it has no name. */
  hook: string | null;
  onChoose(trigger: Chosen): void;
  onClose(): void;
}

const HERE = Intl.DateTimeFormat().resolvedOptions().timeZone;
const ZONES = [...new Set(['UTC', HERE, ...Intl.supportedValuesOf('timeZone')])];

export function TriggerDialog({ trigger, type, entry: asked, hook, onChoose, onClose }: TriggerDialogProps) {
  const { t } = useTranslation('workflows');
  const events = useEventTypes();
  const types = events.map(({ type }) => type);
  const started = (entry: Entry): Chosen => begun(entry, types, HERE);
  const held = entryOf(trigger, type);
  const [entry, setEntry] = useState(asked ?? held);
  const [picked, setPicked] = useState<Chosen | null>(() =>
    trigger.kind === 'other' || (asked !== null && asked !== held) ? null : trigger,
  );
  // What there is to choose from comes a moment later: until then it is not made of nothing.
  const chosen = picked ?? started(entry);
  const pick = (next: Entry) => {
    setEntry(next);
    setPicked(next === held && trigger.kind !== 'other' ? trigger : null);
  };
  return (
    <FormModal
      title={t(asked === null ? 'trigger.question' : `trigger.entry.${asked}`)}
      action={t('trigger.apply')}
      isOpen
      onClose={onClose}
      size="xl"
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
          {asked === null && (
            <SimpleGrid cols={{ base: 1, xs: 2, sm: 3 }} spacing="xs" role="group" aria-label={t('trigger.kind.label')}>
              {entriesFor(types).map((one) => (
                <EntryTile key={one} entry={one} isChosen={one === entry} onChoose={() => pick(one)} />
              ))}
            </SimpleGrid>
          )}
          {entry === 'hand' && <HandText hook={hook} />}
          {chosen.kind === 'call' && entry === 'call' && <CallFields value={chosen} hook={hook} onChange={setPicked} />}
          {chosen.kind === 'every' && <Every value={chosen} onChange={setPicked} />}
          {chosen.kind === 'at' && <At value={chosen} onChange={setPicked} />}
          {chosen.kind === 'event' && <Happening entry={entry} events={events} value={chosen} onChange={setPicked} />}
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
        data={UNITS.map((unit) => ({ value: unit, label: t(`trigger.unit.${unit}`, { count: 2 }) }))}
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

interface HappeningProps {
  entry: Entry;
  events: readonly KnownEvent[];
  value: EventTrigger;
  onChange(value: Chosen): void;
}

function Happening({ entry, events, value, onChange }: HappeningProps) {
  const { t } = useTranslation('workflows');
  const names = useEventNames();
  const fields = events.find(({ type }) => type === value.type)?.fields ?? [];
  const put = (conditions: readonly Condition[]) => onChange({ ...value, conditions });
  const all = events.map(({ type }) => type);
  const offered = TYPES[entry]?.filter((type) => all.includes(type)) ?? all;
  const types = [...new Set([...offered, ...(value.type === '' ? [] : [value.type])])];
  return (
    <>
      {types.length > 1 && (
        <Select
          label={t('trigger.happens')}
          data={types.map((type) => ({ value: type, label: names.event(type) }))}
          value={value.type}
          onChange={(type) => onChange({ kind: 'event', type: type ?? '', conditions: [] })}
          searchable
          allowDeselect={false}
        />
      )}
      <QuickFields value={value} onChange={onChange} />
      {addedConditions(value).map(({ condition, place }) => (
        <ConditionRow
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
            onClick={() => put([...value.conditions, emptyOf(fields.find(({ type }) => type === 'text') ?? fields[0])])}
          >
            {t('trigger.addCondition')}
          </Button>
        </Group>
      )}
    </>
  );
}

function isTime(text: string): boolean {
  return /^([01]\d|2[0-3]):[0-5]\d$/.test(text);
}

function isWhole(chosen: Chosen): boolean {
  if (chosen.kind === 'at') return isTime(chosen.time);
  if (chosen.kind === 'every') return chosen.amount >= 1;
  if (chosen.kind === 'call') return typeof chosen.hook !== 'object' || chosen.hook.secret !== '';
  return chosen.type !== '' && chosen.conditions.every(({ value }) => value !== '' && !Number.isNaN(value));
}
