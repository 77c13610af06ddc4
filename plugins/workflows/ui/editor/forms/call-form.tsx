/** What is called, and with what: functions of plugins, and the calls of the language. */
import { Select, Stack, Text } from '@mantine/core';
import { type Issue, isRecord, SchemaForm } from 'patchbay-platform/ui';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { CATEGORIES, categoryOfCall, LANGUAGE_CALLS } from '../../steps/categories.ts';
import { useStepNames } from '../../steps/step-names.ts';
import { useEditing } from '../model/context.ts';
import { emptyCall } from '../model/new-task.ts';
import { useGivenIds } from '../model/use-given-ids.ts';
import { schemaOfCall } from './call-schema.ts';
import { ChoiceField, choiceFields, isNeeded, propertiesOf, withField, without } from './choice-field.tsx';
import { ExpressionField } from './expression-field.tsx';
import { useFieldTexts } from './texts.ts';

interface CallFormProps {
  body: Record<string, unknown>;
  onChange(body: Record<string, unknown>): void;
  issues: readonly Issue[];
  isDisabled: boolean;
}

export function CallForm({ body, onChange, issues, isDisabled }: CallFormProps) {
  const { t } = useTranslation('workflows');
  const { functions, definition } = useEditing();
  const texts = useFieldTexts();
  const call = typeof body.call === 'string' ? body.call : '';
  const found = functions.find(({ name }) => name === call);
  const schema = useMemo(() => schemaOfCall(call, functions, texts), [call, functions, texts]);
  // Where an expression gives all of it, no field stands by itself.
  const isWhole = body.with !== undefined && !isRecord(body.with);
  const chosen = useMemo(() => (isWhole ? [] : choiceFields(schema)), [schema, isWhole]);
  const rest = useMemo(() => without(schema, chosen), [schema, chosen]);
  const given = isRecord(body.with) ? body.with : {};
  const names = useStepNames();
  const ids = useGivenIds();
  const own = ownFunctions(definition);
  const known: readonly string[] = [
    ...new Set([...LANGUAGE_CALLS, 'workflows.approve', ...functions.map(({ name }) => name)]),
  ];
  const choiceOf = (value: string) => ({ value, label: names.title(value) });
  const groups = [
    ...(own.length > 0 ? [{ group: t('editor.call.own'), items: own.map((value) => ({ value, label: value })) }] : []),
    ...CATEGORIES.map((category) => ({
      group: t(`editor.category.${category}`),
      items: known.filter((name) => categoryOfCall(name) === category).map(choiceOf),
    })).filter(({ items }) => items.length > 0),
  ];
  const isKnown = known.includes(call) || own.includes(call);
  const about = names.text(call) ?? found?.summary;
  return (
    <Stack gap="sm">
      <Select
        label={t('editor.field.call')}
        data={isKnown || call === '' ? groups : [{ group: t('editor.call.unknown'), items: [call] }, ...groups]}
        value={call === '' ? null : call}
        searchable
        allowDeselect={false}
        disabled={isDisabled}
        nothingFoundMessage={t('editor.add.nothing')}
        onChange={(next) => next !== null && next !== call && onChange({ ...body, ...emptyCall(next, functions, ids) })}
      />
      {about && (
        <Text size="xs" c="dimmed">
          {about}
        </Text>
      )}
      {chosen.map((name) => (
        <ChoiceField
          key={`${call} ${name}`}
          schema={propertiesOf(schema)[name]}
          name={name}
          isRequired={isNeeded(schema, name)}
          value={given[name]}
          error={issues.find(({ path }) => path.join('/') === `with/${name}`)?.message}
          isDisabled={isDisabled}
          onChange={(next) => onChange({ ...body, with: withField(given, name, next) })}
        />
      ))}
      <SchemaForm
        key={call}
        schema={rest}
        value={isRecord(body.with) ? body.with : typeof body.with === 'string' ? body.with : {}}
        label={t('editor.field.with')}
        onChange={(next) => onChange({ ...body, with: next })}
        errors={issues
          .filter(({ path }) => path[0] === 'with')
          .map(({ path, message }) => ({ path: path.slice(1), message }))}
        isDisabled={isDisabled}
        Expression={ExpressionField}
      />
    </Stack>
  );
}

function ownFunctions(definition: unknown): string[] {
  const use = isRecord(definition) ? definition.use : null;
  return isRecord(use) && isRecord(use.functions) ? Object.keys(use.functions) : [];
}
