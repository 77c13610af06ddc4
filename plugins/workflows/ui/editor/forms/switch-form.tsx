/** The cases of a decision: when, and where to. */
import { ActionIcon, Button, Fieldset, Group, Select, Stack, TextInput } from '@mantine/core';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs';
import { isRecord } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { caseOf, NOTHING_SAID } from '../model/new-task.ts';
import { ConditionForm } from './condition-form.tsx';
import { type Known, placesOf } from './task-schemas.ts';
import { useFieldTexts } from './texts.ts';

interface SwitchFormProps {
  body: Record<string, unknown>;
  known: Known;
  onChange(body: Record<string, unknown>): void;
  isDisabled: boolean;
}

interface Case {
  name: string;
  when: string | undefined;
  to: string;
}

/** Of the tasks that a case may lead to; the others are found by writing. */
const MOST_SHOWN = 100;

export function SwitchForm({ body, known, onChange, isDisabled }: SwitchFormProps) {
  const { t } = useTranslation('workflows');
  const texts = useFieldTexts();
  const cases = casesOf(body.switch);
  const put = (next: readonly Case[]) =>
    onChange({ ...body, switch: next.map(({ name, when, to }) => caseOf(name, when, to)) });
  const change = (index: number, part: Partial<Case>) =>
    put(cases.map((one, at) => (at === index ? { ...one, ...part } : one)));
  const add = () => {
    const last = cases.at(-1);
    const others = last && last.when === undefined ? cases.length - 1 : cases.length;
    const name = freeOf(cases, (number) => t('editor.switch.case', { number }), others + 1);
    put(cases.toSpliced(others, 0, { name, when: NOTHING_SAID, to: 'continue' }));
  };
  return (
    <Stack gap="sm">
      {cases.map(({ name, when, to }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the place in the list is what a case is known by
        <Fieldset key={index} legend={t('editor.switch.case', { number: index + 1 })} p="xs">
          <Stack gap="xs">
            <Group align="flex-end" wrap="nowrap" gap="xs">
              <TextInput
                flex={1}
                label={t('editor.field.name')}
                value={name}
                disabled={isDisabled}
                onChange={(event) => change(index, { name: event.currentTarget.value })}
              />
              <Select
                flex={1}
                label={t('editor.field.then')}
                data={placesOf(known).map((one) => ({ value: one, label: texts.place(one) }))}
                value={to}
                searchable={known.siblings.length > 10}
                limit={MOST_SHOWN}
                comboboxProps={{ keepMounted: false }}
                allowDeselect={false}
                disabled={isDisabled}
                onChange={(next) => change(index, { to: next ?? 'continue' })}
              />
              <ActionIcon
                variant="subtle"
                color="gray"
                size="lg"
                disabled={isDisabled || cases.length === 1}
                aria-label={t('editor.switch.remove', { name })}
                onClick={() => put(cases.toSpliced(index, 1))}
              >
                <IconX size={16} />
              </ActionIcon>
            </Group>
            <ConditionForm
              expression={when}
              label={t('editor.field.when')}
              path={['switch', String(index), name, 'when']}
              isDisabled={isDisabled}
              onChange={(next) => change(index, { when: next })}
            />
          </Stack>
        </Fieldset>
      ))}
      <Group>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconPlus size={14} />}
          disabled={isDisabled}
          onClick={add}
        >
          {t('editor.switch.add')}
        </Button>
      </Group>
    </Stack>
  );
}

function freeOf(cases: readonly Case[], nameOf: (number: number) => string, number: number): string {
  const name = nameOf(number);
  return cases.some((one) => one.name === name) ? freeOf(cases, nameOf, number + 1) : name;
}

function casesOf(value: unknown): Case[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isRecord).map((item) => {
    const [name = '', rule] = Object.entries(item)[0] ?? [];
    const { when, then: to } = isRecord(rule) ? rule : {};
    return { name, when: typeof when === 'string' ? when : undefined, to: typeof to === 'string' ? to : 'continue' };
  });
}
