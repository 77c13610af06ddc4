/** What happened to a licence, newest first. */
import { Text, Timeline } from '@mantine/core';
import { isRecord, Loaded, Panel, Time, useRows } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';

export function HistoryPanel({ id }: { id: string }) {
  const { t } = useTranslation('licensing');
  const history = useRows('/api/platform/licensing/licences/{id}/history', { at: { id } });
  return (
    <Panel title={t('history.title')}>
      <Loaded of={history} lines={3}>
        {(rows) => (
          <Timeline bulletSize={12} lineWidth={2} active={-1}>
            {rows.map(({ id: line, what, at, detail }) => (
              <Timeline.Item
                key={line}
                title={
                  <Text size="sm" fw={500} component="span">
                    {t(`history.${what}`, { defaultValue: what })}
                  </Text>
                }
              >
                <Text size="sm" component="div">
                  {isRecord(detail) && <Detail detail={detail} />}
                </Text>
                <Text size="xs" c="dimmed" component="div">
                  <Time at={at} />
                </Text>
              </Timeline.Item>
            ))}
          </Timeline>
        )}
      </Loaded>
    </Panel>
  );
}

/** The terms of a licence that people change. */
const TERMS = ['plan', 'device_cap', 'max_version'] as const;

function Detail({ detail }: { detail: Readonly<Record<string, unknown>> }) {
  const { t } = useTranslation('licensing');
  const { device_id, reason, email, days, before, after } = detail;
  if (typeof device_id === 'string') return device_id;
  if (typeof reason === 'string') return reason;
  if (typeof email === 'string') return email;
  if (typeof days === 'number') return t('history.days', { count: days });
  if (!isRecord(before) || !isRecord(after)) return null;
  return TERMS.filter((name) => after[name] !== undefined && after[name] !== before[name])
    .map((name) => `${t(`history.term.${name}`)}: ${textOf(before[name])} → ${textOf(after[name])}`)
    .join(', ');
}

function textOf(value: unknown): string {
  return value === null || value === undefined ? '–' : String(value);
}
