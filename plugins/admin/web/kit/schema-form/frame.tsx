/** What stands around fields that hold others: their name, what is wrong with them, and the buttons that add and remove. */
import { ActionIcon, Button, Fieldset, Group, Stack, Text, Tooltip } from '@mantine/core';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Marked } from '../sentence.tsx';
import { type FieldProps, useForm, useIssue } from './field.ts';
import { descriptionOf } from './schema.ts';

/** An object that may be missing: a button adds it, another takes it away. */
export function Part({
  schema,
  label,
  path,
  value,
  isRequired,
  onChange,
  add,
  children,
}: FieldProps & { add(): void; children: ReactNode }) {
  const { isDisabled } = useForm();
  const { t } = useTranslation();
  if (value === undefined && !isRequired)
    return <Add label={t('form.add', { name: label })} isDisabled={isDisabled} onClick={add} />;
  return (
    <Fields label={label} schema={schema} path={path}>
      {children}
      {!isRequired && (
        <Group justify="flex-end">
          <Button
            size="compact-xs"
            variant="subtle"
            color="gray"
            disabled={isDisabled}
            onClick={() => onChange(undefined)}
          >
            {t('form.remove', { name: label })}
          </Button>
        </Group>
      )}
    </Fields>
  );
}

/** As the names of single fields. */
const LEGEND = { root: { marginInline: 0 }, legend: { fontWeight: 600, paddingInline: 0 } };

/** Fields that belong together, under their name. */
export function Fields({
  label,
  schema,
  path,
  children,
}: Pick<FieldProps, 'label' | 'schema' | 'path'> & { children: ReactNode }) {
  const issue = useIssue(path);
  const description = descriptionOf(schema);
  return (
    // Around the whole form the page has a frame already.
    <Fieldset
      legend={label}
      {...(path.length === 0 ? { variant: 'unstyled', p: 0 } : { variant: 'default', p: 'xs' })}
      styles={LEGEND}
    >
      <Stack gap="xs">
        {description && (
          <Text size="xs" c="dimmed">
            <Marked text={description} />
          </Text>
        )}
        {children}
        {issue && (
          <Text size="xs" c="var(--mantine-color-error)" role="alert">
            {issue}
          </Text>
        )}
      </Stack>
    </Fieldset>
  );
}

export function Add({ label, isDisabled, onClick }: { label: string; isDisabled: boolean; onClick(): void }) {
  return (
    <Group>
      <Button size="xs" variant="default" leftSection={<IconPlus size={14} />} disabled={isDisabled} onClick={onClick}>
        {label}
      </Button>
    </Group>
  );
}

/** A button that is its icon. */
export function Small({
  label,
  isOff = false,
  onClick,
  children,
}: {
  label: string;
  isOff?: boolean;
  onClick(): void;
  children: ReactNode;
}) {
  const { isDisabled } = useForm();
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={label}
        disabled={isDisabled || isOff}
        onClick={onClick}
      >
        {children}
      </ActionIcon>
    </Tooltip>
  );
}
