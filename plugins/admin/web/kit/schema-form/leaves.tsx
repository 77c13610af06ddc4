/** Fields of single values: texts, numbers, yes or no, one of several, and JSON for what has no form. */
import { JsonInput, NumberInput, Select, Switch, Textarea, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Marked } from '../sentence.tsx';
import { type FieldProps, useForm, useIssue } from './field.ts';
import { choicesOf, descriptionOf, numberOf, wordOf } from './schema.ts';

function useCommon({ schema, label, path, isRequired, isEntry = false }: FieldProps) {
  const { isDisabled } = useForm();
  const error = useIssue(path);
  // What has a default may stay as it is.
  const isMissing = isRequired && !isEntry && !('default' in schema);
  const description = descriptionOf(schema);
  return {
    label,
    withAsterisk: isMissing,
    disabled: isDisabled,
    ...(error && { error }),
    ...(description && { description: <Marked text={description} /> }),
  };
}

export function TextField(props: FieldProps) {
  const { schema, value, isRequired, onChange } = props;
  const common = useCommon(props);
  const isMultiline = typeof value === 'string' && value.includes('\n');
  const change = (text: string) => onChange(text === '' && !isRequired ? undefined : text);
  const shown = typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value);
  if (isMultiline) return <LongTextField {...props} />;
  return (
    <TextInput
      {...common}
      value={shown}
      type={schema.format === 'password' || schema.writeOnly === true ? 'password' : 'text'}
      inputMode={schema.format === 'email' ? 'email' : schema.format === 'uri' ? 'url' : 'text'}
      autoComplete="off"
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}

export function LongTextField(props: FieldProps) {
  const { value, isRequired, onChange } = props;
  return (
    <Textarea
      {...useCommon(props)}
      value={typeof value === 'string' ? value : ''}
      autosize
      minRows={2}
      maxRows={12}
      onChange={(event) => {
        const text = event.currentTarget.value;
        onChange(text === '' && !isRequired ? undefined : text);
      }}
    />
  );
}

/** One text, or several between commas. */
export function TextsField(props: FieldProps) {
  const { value, isRequired, onChange } = props;
  const [text, setText] = useState(() => joined(value));
  useEffect(() => {
    setText((former) => (same(split(former), value) ? former : joined(value)));
  }, [value]);
  return (
    <TextInput
      {...useCommon(props)}
      value={text}
      autoComplete="off"
      onChange={(event) => {
        const next = event.currentTarget.value;
        setText(next);
        onChange(next.trim() === '' && !isRequired ? undefined : split(next));
      }}
    />
  );
}

function split(text: string): string | string[] {
  const parts = text
    .split(/[,，]/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  return parts.length > 1 ? parts : (parts[0] ?? '');
}

function joined(value: unknown): string {
  return Array.isArray(value) ? value.join(', ') : typeof value === 'string' ? value : '';
}

export function NumberField(props: FieldProps) {
  const { schema, value, onChange } = props;
  const [min, max] = [numberOf(schema, 'minimum'), numberOf(schema, 'maximum')];
  return (
    <NumberInput
      {...useCommon(props)}
      value={typeof value === 'number' ? value : ''}
      allowDecimal={schema.type !== 'integer'}
      {...(min !== undefined && { min })}
      {...(max !== undefined && { max })}
      hideControls
      onChange={(next) => onChange(typeof next === 'number' ? next : undefined)}
    />
  );
}

/** Off is the same as nothing, unless a default says otherwise or it has to be there. */
export function BooleanField(props: FieldProps) {
  const { schema, value, isRequired, onChange } = props;
  const { withAsterisk, ...common } = useCommon(props);
  const isOnByDefault = schema.default === true;
  return (
    <Switch
      {...common}
      checked={typeof value === 'boolean' ? value : isOnByDefault}
      onChange={(event) => {
        const isOn = event.currentTarget.checked;
        onChange(isOn === isOnByDefault && !isRequired ? undefined : isOn);
      }}
    />
  );
}

/** Of many choices; the others are found by writing. */
const MOST_SHOWN = 100;

export function ChoiceField(props: FieldProps) {
  const { schema, value, isRequired, onChange } = props;
  const { t } = useTranslation();
  const choices = choicesOf(schema) ?? [];
  const at = choices.findIndex((choice) => choice.value === value);
  return (
    <Select
      {...useCommon(props)}
      data={choices.map(({ label }, index) => ({ value: String(index), label }))}
      value={at === -1 ? null : String(at)}
      placeholder={t('form.choose')}
      clearable={!isRequired}
      allowDeselect={false}
      searchable={choices.length > 10}
      limit={MOST_SHOWN}
      // Hundreds of choices are drawn when they are looked at, and not with every letter elsewhere.
      comboboxProps={{ withinPortal: true, keepMounted: false }}
      clearButtonProps={{ 'aria-label': t('form.clear', { name: props.label }) }}
      onChange={(next) => onChange(next === null ? undefined : choices[Number(next)]?.value)}
    />
  );
}

/** A text as people write it; what reads as a number, as yes or no or as JSON is that, unless it stands in quotes. */
export function AnythingField(props: FieldProps) {
  const { value, isRequired, onChange } = props;
  const [text, setText] = useState(() => asWritten(value));
  useEffect(() => {
    setText((former) => (same(meant(former), value) ? former : asWritten(value)));
  }, [value]);
  return (
    <Textarea
      {...useCommon(props)}
      value={text}
      placeholder={wordOf(props.schema, 'x-placeholder')}
      autosize
      minRows={1}
      maxRows={12}
      spellCheck={false}
      onChange={(event) => {
        const next = event.currentTarget.value;
        setText(next);
        onChange(next === '' && !isRequired ? undefined : meant(next));
      }}
    />
  );
}

function meant(text: string): unknown {
  return text.trim() === '' ? text : (read(text) ?? { value: text }).value;
}

function asWritten(value: unknown): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return read(value) === null || value.trim() === '' ? value : JSON.stringify(value);
  return typeof value === 'object' ? JSON.stringify(value, null, 2) : String(value);
}

/** Keeps what is being written while it is no JSON yet. */
export function JsonField(props: FieldProps) {
  const { value, isRequired, onChange } = props;
  const { t } = useTranslation();
  const common = useCommon(props);
  const [text, setText] = useState(() => written(value));
  const parsed = read(text);
  useEffect(() => {
    // Changed from elsewhere: by the text beside, or by undo.
    setText((former) => (same(read(former)?.value, value) ? former : written(value)));
  }, [value]);
  return (
    <JsonInput
      {...common}
      value={text}
      autosize
      minRows={2}
      maxRows={16}
      spellCheck={false}
      {...(parsed === null && { error: t('form.noJson') })}
      onChange={(next) => {
        setText(next);
        if (next.trim() === '') return onChange(isRequired ? null : undefined);
        const valid = read(next);
        if (valid) onChange(valid.value);
      }}
    />
  );
}

function written(value: unknown): string {
  return value === undefined ? '' : JSON.stringify(value, null, 2);
}

/** Null for what is no JSON; an empty text is no value. */
function read(text: string): { value: unknown } | null {
  if (text.trim() === '') return { value: undefined };
  try {
    return { value: JSON.parse(text) };
  } catch {
    return null;
  }
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
