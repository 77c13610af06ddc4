/** The input of an execution: fields where there is a schema, JSON where there is none, and either way on request. */
import { Alert, Group, SegmentedControl, Stack, Text } from '@mantine/core';
import { ApiError, CodeView, isRecord, issuesUnder, SchemaForm } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';

export interface WrittenInput {
  value: unknown;
  /** Null: written by fields. */
  json: string | null;
}

/** With the defaults of the schema. */
export function initialInput(schema: Record<string, unknown> | null, value?: unknown): WrittenInput {
  const first = value ?? defaultsOf(schema);
  return { value: first, json: schema === null ? jsonOf(first) : null };
}

/** What is sent. Throws a SyntaxError for what is no JSON. */
export function inputOf({ value, json }: WrittenInput): unknown {
  if (json === null) return value;
  return json.trim() === '' ? {} : JSON.parse(json);
}

/** What the schema asks for and nobody has written: better said here than by an execution that fails at once. */
export class InputMissing extends Error {
  readonly names: readonly string[];

  constructor(names: readonly string[], message: string) {
    super(message);
    this.names = names;
  }
}

/** The names of fields that are required and empty. */
export function missingIn(schema: Record<string, unknown> | null, input: unknown): readonly string[] {
  const required = Array.isArray(schema?.required) ? schema.required : [];
  const given = isRecord(input) ? input : {};
  return required.filter((name) => typeof name === 'string' && (given[name] === undefined || given[name] === ''));
}

export interface InputFieldsProps {
  schema: Record<string, unknown> | null;
  value: WrittenInput;
  onChange(value: WrittenInput): void;
  error: unknown;
}

export function InputFields({ schema, value, onChange, error }: InputFieldsProps) {
  const { t } = useTranslation('workflows');
  const toForm = () => {
    try {
      onChange({ value: inputOf(value), json: null });
    } catch {
      // What is no JSON stays where it can be made one.
    }
  };
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Text size="sm" fw={500}>
          {t('run.input')}
        </Text>
        {schema && (
          <SegmentedControl
            size="xs"
            aria-label={t('run.form')}
            value={value.json === null ? 'form' : 'json'}
            onChange={(next) => (next === 'form' ? toForm() : onChange({ ...value, json: jsonOf(value.value) }))}
            data={[
              { value: 'form', label: t('run.asForm') },
              { value: 'json', label: 'JSON' },
            ]}
          />
        )}
      </Group>
      {schema && value.json === null ? (
        <SchemaForm
          schema={schema}
          value={value.value}
          onChange={(next) => onChange({ value: next, json: null })}
          errors={
            error instanceof InputMissing
              ? error.names.map((name) => ({ path: [name], message: t('run.needed') }))
              : issuesUnder(error, 'body', 'input')
          }
        />
      ) : (
        <CodeView
          label={t('run.input')}
          value={value.json ?? ''}
          language="json"
          minHeight={120}
          onChange={(json) => onChange({ ...value, json })}
        />
      )}
      {error instanceof SyntaxError && <Alert color="red">{t('run.noJson')}</Alert>}
      {error instanceof ApiError && error.code === 'workflow_disabled' && <Text size="sm">{t('run.paused')}</Text>}
    </Stack>
  );
}

function defaultsOf(schema: Record<string, unknown> | null): unknown {
  const properties = schema && isRecord(schema.properties) ? schema.properties : {};
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, own]) =>
      isRecord(own) && own.default !== undefined ? [[name, own.default]] : [],
    ),
  );
}

export function jsonOf(value: unknown): string {
  return JSON.stringify(value ?? {}, null, 2);
}
