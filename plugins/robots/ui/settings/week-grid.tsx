/** A week of working hours: a line for each day with its spans. */
import { ActionIcon, Checkbox, Group, Stack, Text, TextInput } from '@mantine/core';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs';
import { useTranslation } from 'react-i18next';
import { DAYS, dayName, endOf, isSpan, nextSpan, type Span, shownEnd, type Week } from './week.ts';

const MOST_SPANS = 4;

export function WeekGrid({ week, onChange }: { week: Week; onChange(week: Week): void }) {
  const { i18n } = useTranslation('robots');
  return (
    <Stack gap="xs">
      {DAYS.map((day) => (
        <Day
          key={day}
          name={dayName(day, i18n.language)}
          spans={week[day - 1] ?? []}
          onChange={(spans) => onChange(week.map((own, index) => (index === day - 1 ? spans : own)))}
          next={nextSpan(week, day)}
        />
      ))}
    </Stack>
  );
}

interface DayProps {
  name: string;
  spans: readonly Span[];
  onChange(spans: readonly Span[]): void;
  /** What is added. */
  next: Span;
}

function Day({ name, spans, onChange, next }: DayProps) {
  const { t } = useTranslation('robots');
  return (
    <Group align="flex-start" gap="sm" mih={36}>
      <Checkbox
        w={130}
        pt={8}
        label={name}
        checked={spans.length > 0}
        onChange={(event) => onChange(event.currentTarget.checked ? [next] : [])}
      />
      {spans.length === 0 && (
        <Text size="sm" c="dimmed" pt={7}>
          {t('hours.closed')}
        </Text>
      )}
      <Stack gap={4}>
        {spans.map((span, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: spans have no names, and stay in their places
          <Group key={index} gap={6} wrap="nowrap" align="flex-start">
            <SpanFields
              name={name}
              span={span}
              onChange={(changed) => onChange(spans.map((own, place) => (place === index ? changed : own)))}
            />
            {spans.length > 1 && (
              <ActionIcon
                variant="subtle"
                color="gray"
                size={36}
                aria-label={t('hours.removeSpan', { name, from: span.from })}
                onClick={() => onChange(spans.filter((_, place) => place !== index))}
              >
                <IconX size={16} />
              </ActionIcon>
            )}
            {index === spans.length - 1 && spans.length < MOST_SPANS && (
              <ActionIcon
                variant="subtle"
                color="gray"
                size={36}
                aria-label={t('hours.addSpan', { name })}
                onClick={() => onChange([...spans, next])}
              >
                <IconPlus size={16} />
              </ActionIcon>
            )}
          </Group>
        ))}
      </Stack>
    </Group>
  );
}

function SpanFields({ name, span, onChange }: { name: string; span: Span; onChange(span: Span): void }) {
  const { t } = useTranslation('robots');
  return (
    <>
      <TextInput
        type="time"
        aria-label={t('hours.fromOf', { name })}
        value={span.from}
        onChange={(event) => onChange({ ...span, from: event.currentTarget.value })}
        required
      />
      <Text size="sm" pt={7}>
        –
      </Text>
      <TextInput
        type="time"
        aria-label={t('hours.toOf', { name })}
        value={shownEnd(span.to)}
        onChange={(event) => onChange({ ...span, to: endOf(event.currentTarget.value) })}
        error={isSpan(span) ? null : t('hours.wrong')}
        required
      />
    </>
  );
}
