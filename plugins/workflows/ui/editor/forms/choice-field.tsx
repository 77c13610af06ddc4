/** Fields for which there is something to choose from, by `x-choices` of their schema; any other value may be written. */
import { ActionIcon, Group, TextInput, Tooltip } from '@mantine/core';
import IconForms from '@tabler/icons-react/dist/esm/icons/IconForms.mjs';
import IconVariable from '@tabler/icons-react/dist/esm/icons/IconVariable.mjs';
import { isRecord, useMay } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMailboxes } from '../../parts/use-mailboxes.ts';
import { ExpressionField } from './expression-field.tsx';
import { WrittenSelect } from './written-select.tsx';

const MAILBOXES = 'mail.mailboxes';

interface ChoiceFieldProps {
  schema: unknown;
  name: string;
  isRequired: boolean;
  value: unknown;
  error: string | undefined;
  isDisabled: boolean;
  /** Undefined: there is none. */
  onChange(value: string | undefined): void;
}

export function ChoiceField({ schema, name, isRequired, value, error, isDisabled, onChange }: ChoiceFieldProps) {
  const { t } = useTranslation();
  const written = typeof value === 'string' ? value : '';
  const isExpression = /^\s*\$\{/.test(written);
  // What is chosen is no word that somebody looks for.
  const [wanted, setWanted] = useState('');
  const mailboxes = useMailboxes(!isExpression, wanted);
  const maySee = useMay()('mail.reader');
  const field = isRecord(schema) ? schema : {};
  const label = typeof field.title === 'string' ? field.title : name;
  const description = typeof field.description === 'string' ? field.description : undefined;
  const act = t(isExpression ? 'form.asField' : 'form.asExpression');
  const toggle = (
    <Tooltip label={act}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        disabled={isDisabled}
        aria-label={`${act}: ${label}`}
        onClick={() => onChange(isExpression ? '' : `\${ ${written === '' ? '.' : JSON.stringify(written)} }`)}
      >
        {isExpression ? <IconForms size={16} /> : <IconVariable size={16} />}
      </ActionIcon>
    </Tooltip>
  );
  if (isExpression)
    return (
      <ExpressionField
        label={label}
        description={description}
        error={error}
        path={['with', name]}
        value={written}
        isRequired={isRequired}
        isDisabled={isDisabled}
        rightSection={toggle}
        onChange={(next) => onChange(next === '' && !isRequired ? undefined : next)}
      />
    );
  const common = { label, description, error, withAsterisk: isRequired, disabled: isDisabled };
  const others = [written, wanted.trim()].filter((one) => isAddress(one) && !mailboxes.includes(one));
  const put = (next: string) => onChange(next === '' && !isRequired ? undefined : next);
  return (
    <Group gap={4} wrap="nowrap" align="flex-end">
      {maySee ? (
        <WrittenSelect
          {...common}
          data={[...mailboxes, ...new Set(others)]}
          value={written === '' ? null : written}
          shown={written}
          meaning={(text) => (isAddress(text) ? text.trim() : null)}
          placeholder={t('form.choose')}
          clearable={!isRequired}
          clearButtonProps={{ 'aria-label': t('form.clear', { name: label }) }}
          onSearchChange={(next) => setWanted(next === written || mailboxes.includes(next) ? '' : next)}
          onChange={put}
        />
      ) : (
        <TextInput {...common} flex={1} value={written} onChange={(event) => put(event.currentTarget.value)} />
      )}
      {toggle}
    </Group>
  );
}

function isAddress(text: string): boolean {
  return text.includes('@');
}

/** Names of those that a schema marks. */
export function choiceFields(schema: unknown): string[] {
  return Object.entries(propertiesOf(schema))
    .filter(([, field]) => isRecord(field) && field['x-choices'] === MAILBOXES)
    .map(([name]) => name);
}

export function propertiesOf(schema: unknown): Readonly<Record<string, unknown>> {
  return isRecord(schema) && isRecord(schema.properties) ? schema.properties : {};
}

export function isNeeded(schema: unknown, name: string): boolean {
  return isRecord(schema) && Array.isArray(schema.required) && schema.required.includes(name);
}

/** The schema of the other fields. */
export function without(schema: unknown, names: readonly string[]): unknown {
  if (!isRecord(schema) || names.length === 0) return schema;
  const properties = Object.entries(propertiesOf(schema)).filter(([name]) => !names.includes(name));
  return { ...schema, properties: Object.fromEntries(properties) };
}

/** In the order in which they stand; a new one behind them. */
export function withField(given: Readonly<Record<string, unknown>>, name: string, value: unknown) {
  const { [name]: _former, ...others } = given;
  return value === undefined ? others : { ...given, [name]: value };
}
