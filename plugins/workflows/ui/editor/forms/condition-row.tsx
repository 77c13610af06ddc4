/** One condition: a field of what is there at the step, how it is compared, and with what. */
import { ActionIcon, Group, Paper, Select, Stack, Text, TextInput } from '@mantine/core';
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs';
import { notifyFailed } from 'patchbay-platform/ui';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useEditing } from '../model/context.ts';
import { COMPARISONS, type Comparison, type Condition, fieldWritten, takesValue, type Value } from './conditions.ts';
import { NumberValue } from './number-value.tsx';
import { keepOutput, type ReferenceGroup, referencesAt } from './references.ts';
import { UnknownData } from './unknown-data.tsx';
import { WrittenSelect } from './written-select.tsx';

interface FieldConditionProps {
  value: Condition;
  /** Of the step. */
  pointer: string | null;
  isDisabled: boolean;
  onChange(value: Condition): void;
  onRemove(): void;
}

type Kind = 'text' | 'number' | 'boolean';
const KINDS: readonly Kind[] = ['text', 'number', 'boolean'];

const OF_KIND: Readonly<Record<Kind, readonly Comparison[]>> = {
  text: ['is', 'isNot', 'contains', 'containsNot', 'empty', 'notEmpty', 'exists', 'missing'],
  number: ['is', 'isNot', 'above', 'atLeast', 'below', 'atMost', 'exists', 'missing'],
  boolean: ['is', 'isNot', 'holds', 'exists', 'missing'],
};

export function FieldCondition({ value, pointer, isDisabled, onChange, onRemove }: FieldConditionProps) {
  const { t } = useTranslation('workflows');
  const fields = useFields(pointer);
  const [wanted, setWanted] = useState('');
  const known = fields.byText.get(value.field);
  const kind = kindOf(value.value);
  const comparisons = OF_KIND[known?.kind ?? kind];
  const offered = known?.kind ? COMPARISONS.filter((one) => comparisons.includes(one)) : COMPARISONS;
  const own = fieldWritten(wanted);
  const others = [value.field, own ?? ''].filter((one) => one !== '' && !fields.byText.has(one));
  const choose = (field: string) => {
    const chosen = fields.byText.get(field);
    if (chosen && !chosen.keep()) return notifyFailed(new Error(t('editor.refused')));
    const next = chosen?.kind ?? kind;
    const isSame = next === kind && (!chosen?.kind || OF_KIND[next].includes(value.comparison));
    onChange(isSame ? { ...value, field } : { field, comparison: 'is', value: FIRST[next] });
  };
  return (
    <Paper withBorder p="xs" role="group" aria-label={known?.label ?? value.field}>
      <Stack gap="xs">
        <Group gap="xs" align="flex-end" wrap="nowrap">
          <WrittenSelect
            label={t('trigger.fieldLabel')}
            placeholder={t('editor.condition.choose')}
            data={[
              ...fields.groups,
              ...(others.length > 0
                ? [{ group: t('editor.condition.written'), items: [...new Set(others)].map(plain) }]
                : []),
            ]}
            value={value.field === '' ? null : value.field}
            shown={known?.label ?? value.field}
            meaning={fields.find}
            disabled={isDisabled}
            nothingFoundMessage={t('editor.condition.write')}
            onSearchChange={setWanted}
            onChange={choose}
            renderOption={({ option }) => (
              <div>
                <Text size="sm">{option.label}</Text>
                <Text size="xs" c="dimmed">
                  {fields.byText.get(option.value)?.detail}
                </Text>
              </div>
            )}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            disabled={isDisabled}
            aria-label={t('trigger.removeCondition')}
            onClick={onRemove}
          >
            <IconX size={16} />
          </ActionIcon>
        </Group>
        {fields.unknown && <UnknownData group={fields.unknown} />}
        <Group gap="xs" align="flex-end" wrap="nowrap">
          <Select
            flex={1}
            label={t('trigger.compare')}
            data={[...new Set([...offered, value.comparison])].map((one) => ({
              value: one,
              label: t(`editor.condition.comparison.${one}`),
            }))}
            value={value.comparison}
            allowDeselect={false}
            disabled={isDisabled}
            comboboxProps={{ keepMounted: false }}
            onChange={(next) => onChange(compared(value, (next ?? 'is') as Comparison))}
          />
          {takesValue(value.comparison) && known?.kind !== kind && (
            <Select
              w={90}
              label={t('editor.condition.kind')}
              data={KINDS.map((one) => ({ value: one, label: t(`editor.condition.kinds.${one}`) }))}
              value={kind}
              allowDeselect={false}
              disabled={isDisabled || value.comparison === 'contains' || value.comparison === 'containsNot'}
              comboboxProps={{ keepMounted: false }}
              onChange={(next) => onChange({ ...value, value: asKind(value.value, (next ?? 'text') as Kind) })}
            />
          )}
          {takesValue(value.comparison) && (
            <ValueInput
              value={value.value}
              isDisabled={isDisabled}
              onChange={(next) => onChange({ ...value, value: next })}
            />
          )}
        </Group>
      </Stack>
    </Paper>
  );
}

interface ValueInputProps {
  value: Value;
  isDisabled: boolean;
  onChange(value: Value): void;
}

function ValueInput({ value, isDisabled, onChange }: ValueInputProps) {
  const { t } = useTranslation('workflows');
  const common = { flex: 1, label: t('trigger.value'), disabled: isDisabled };
  if (typeof value === 'number') return <NumberValue {...common} value={value} hideControls onChange={onChange} />;
  if (typeof value === 'boolean')
    return (
      <Select
        {...common}
        data={['true', 'false'].map((one) => ({ value: one, label: t(`trigger.${one}`) }))}
        value={String(value)}
        allowDeselect={false}
        comboboxProps={{ keepMounted: false }}
        onChange={(next) => onChange(next === 'true')}
      />
    );
  return <TextInput {...common} value={value} onChange={(event) => onChange(event.currentTarget.value)} />;
}

interface KnownField {
  label: string;
  /** What stood there the last time, as JSON. */
  detail: string;
  /** Null where that says nothing. */
  kind: Kind | null;
  /** Makes an earlier step keep it; false where only people can. */
  keep(): boolean;
}

/** What the step gets, what earlier ones gave and what the workflow began with. */
function useFields(pointer: string | null) {
  const { t } = useTranslation('workflows');
  const { session, sample, definition } = useEditing();
  return useMemo(() => {
    const { tree } = session.reading.get();
    const found = tree && pointer !== null ? referencesAt(tree, pointer, definition, sample) : [];
    const byText = new Map<string, KnownField>();
    const groups = found
      .filter(({ unknown }) => unknown === null)
      .map((group) => ({
        group: titleOf(group),
        items: group.references.map(({ text, detail, label }) => {
          const shown = label === '.' ? t('editor.data.whole') : namesIn(label);
          const named = group.kind === 'own' ? shown : `${group.name || t('editor.condition.start')} › ${shown}`;
          byText.set(text, { label: named, detail, kind: kindIn(detail), keep: () => keep(group) });
          return { value: text, label: named };
        }),
      }));
    const named = new Map([...byText].map(([text, { label }]) => [label.toLowerCase(), text]));
    const find = (written: string) => named.get(written.trim().toLowerCase()) ?? fieldWritten(written);
    return { groups, byText, find, unknown: found.find(({ unknown }) => unknown !== null) };

    function titleOf({ kind, name }: ReferenceGroup): string {
      return kind === 'own' && name === '' ? t('editor.data.first') : t(`editor.data.${kind}`, { name });
    }

    function keep({ keeps }: ReferenceGroup): boolean {
      return keeps === null || session.edit((now, tree) => keepOutput(now, tree, keeps), { keepsChoice: true });
    }
  }, [session, sample, definition, pointer, t]);
}

/** `.items[0].name` as people read it. */
function namesIn(path: string): string {
  return (path.match(/[A-Za-z_]\w*|\d+(?=\])|"(?:[^"\\]|\\.)*"/g) ?? [path])
    .map((step) => (step.startsWith('"') ? String(JSON.parse(step)) : step))
    .join(' › ');
}

function plain(field: string): { value: string; label: string } {
  return { value: field, label: field };
}

const FIRST: Readonly<Record<Kind, Value>> = { text: '', number: 0, boolean: true };

function kindOf(value: Value): Kind {
  return typeof value === 'string' ? 'text' : typeof value === 'number' ? 'number' : 'boolean';
}

function kindIn(detail: string): Kind | null {
  if (detail.startsWith('"')) return 'text';
  if (detail === 'true' || detail === 'false') return 'boolean';
  return /^-?\d/.test(detail) ? 'number' : null;
}

function asKind(value: Value, kind: Kind): Value {
  if (kind === 'text') return String(value);
  return kind === 'boolean' ? value === true || value === 'true' : Number(value) || 0;
}

const ORDERED: ReadonlySet<Comparison> = new Set(['above', 'atLeast', 'below', 'atMost']);

/** What is more or less is a number, unless a text like a date is there already. */
function compared({ field, value }: Condition, comparison: Comparison): Condition {
  if (comparison === 'contains' || comparison === 'containsNot') return { field, comparison, value: String(value) };
  const isNumber = ORDERED.has(comparison) && !Number.isNaN(Number(value));
  return { field, comparison, value: isNumber ? Number(value) : value };
}
