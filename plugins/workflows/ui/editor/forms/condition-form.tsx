/** When a case holds: fields compared with values, or an expression for who wants to write one. */
import { Button, Group, Input, SegmentedControl, Stack, Text } from '@mantine/core';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import { useStore } from 'patchbay-platform/ui';
import { useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useEditing } from '../model/context.ts';
import { NOTHING_SAID } from '../model/new-task.ts';
import { codeOf } from '../model/trying.ts';
import { FieldCondition } from './condition-row.tsx';
import { type Condition, type Conditions, conditionsOf, expressionOf, finished } from './conditions.ts';
import { ExpressionField } from './expression-field.tsx';
import { ExpressionPreview } from './expression-preview.tsx';

interface ConditionFormProps {
  /** Undefined: it is the case for everything else. */
  expression: string | undefined;
  label: string;
  path: readonly string[];
  isDisabled: boolean;
  onChange(expression: string | undefined): void;
}

const EMPTY: Condition = { field: '', comparison: 'is', value: '' };
const NONE: Conditions = { join: 'and', all: [] };

export function ConditionForm({ expression, label, path, isDisabled, onChange }: ConditionFormProps) {
  const { t } = useTranslation('workflows');
  const id = useId();
  const [conditions, setConditions] = useState(() => begun(expression));
  const [isText, setText] = useState(conditions === null);
  const [isTouched, setTouched] = useState(false);
  const pointer = useStore(useEditing().session.selected);
  const written = useRef(expression);
  // Changed from elsewhere: by the text beside, or by undo.
  useEffect(() => {
    if (expression === written.current) return;
    written.current = expression;
    const next = begun(expression);
    setConditions(next);
    if (next === null) setText(true);
  }, [expression]);
  const write = (next: string | undefined) => {
    written.current = next;
    onChange(next);
  };
  const put = (next: Conditions) => {
    setConditions(next);
    const all = finished(next);
    if (next.all.length === 0) write(undefined);
    else if (all.length > 0) write(marked(expressionOf({ ...next, all }), expression));
  };

  if (isText || conditions === null)
    return (
      <Stack gap={4}>
        <ExpressionField
          label={label}
          description={t(conditions === null ? 'editor.condition.unread' : 'editor.switch.default')}
          path={path}
          value={expression ?? ''}
          isRequired={false}
          isDisabled={isDisabled}
          rightSection={null}
          onChange={(next) => {
            setConditions(begun(next));
            write(next === '' ? undefined : next);
          }}
        />
        {conditions !== null && (
          <Button size="compact-xs" variant="subtle" style={{ alignSelf: 'flex-end' }} onClick={() => setText(false)}>
            {t('editor.condition.asFields')}
          </Button>
        )}
      </Stack>
    );
  const { join, all } = conditions;
  return (
    <Input.Wrapper
      label={label}
      labelElement="div"
      labelProps={{ id }}
      role="group"
      aria-labelledby={id}
      onFocus={() => setTouched(true)}
    >
      <Stack gap="xs">
        {all.length === 0 && (
          <Text size="sm" c="dimmed">
            {t('editor.condition.otherwise')}
          </Text>
        )}
        {all.length > 1 && (
          <SegmentedControl
            aria-label={t('editor.condition.join')}
            size="xs"
            value={join}
            disabled={isDisabled}
            onChange={(next) => put({ all, join: next === 'or' ? 'or' : 'and' })}
            data={[
              { value: 'and', label: t('editor.condition.and') },
              { value: 'or', label: t('editor.condition.or') },
            ]}
          />
        )}
        {all.map((condition, index) => (
          <FieldCondition
            // biome-ignore lint/suspicious/noArrayIndexKey: the place in the list is what a condition is known by
            key={index}
            value={condition}
            pointer={pointer}
            isDisabled={isDisabled}
            onChange={(next) => put({ join, all: all.with(index, next) })}
            onRemove={() => put({ join, all: all.toSpliced(index, 1) })}
          />
        ))}
        <Group justify="space-between" gap="xs">
          <Button
            size="compact-xs"
            variant="subtle"
            leftSection={<IconPlus size={14} aria-hidden />}
            disabled={isDisabled}
            onClick={() => setConditions({ join, all: [...all, EMPTY] })}
          >
            {t('trigger.addCondition')}
          </Button>
          <Button size="compact-xs" variant="subtle" disabled={isDisabled} onClick={() => setText(true)}>
            {t('editor.condition.asText')}
          </Button>
        </Group>
        {isTouched && pointer !== null && expression !== undefined && expression !== NOTHING_SAID && (
          <ExpressionPreview expression={expression} pointer={pointer} />
        )}
      </Stack>
    </Input.Wrapper>
  );
}

/** Null for an expression that only its author can change. */
function begun(expression: string | undefined): Conditions | null {
  const code = codeOf(expression ?? '');
  if (code === '') return NONE;
  return code === NOTHING_SAID ? { join: 'and', all: [EMPTY] } : conditionsOf(code);
}

/** With the mark around it where the one before had it. */
function marked(code: string, former: string | undefined): string {
  return former?.trim().startsWith('$' + '{') ? `\${ ${code} }` : code;
}
