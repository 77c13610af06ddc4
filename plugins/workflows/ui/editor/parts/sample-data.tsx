/** What the workflow would get: its last real data, where that comes from, and what somebody pins in its place. */
import { Anchor, Paper, Stack, Text } from '@mantine/core';
import { Link, Time } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { useEditing } from '../model/context.ts';
import { START } from '../model/pins.ts';
import { PinnableData } from './pinnable-data.tsx';

export function SampleData() {
  const { t } = useTranslation('workflows');
  const { sample } = useEditing();
  return (
    <Paper withBorder p="sm" component="section" aria-label={t('editor.sample.title')}>
      <Stack gap="xs">
        <PinnableData
          pointer={START}
          label={t('editor.sample.title')}
          description={<SampleSource />}
          value={sample.input}
          isPinned={sample.source === 'pinned'}
          rows={{ least: 4, most: 16 }}
        />
      </Stack>
    </Paper>
  );
}

/** In words, where the data comes from. */
export function SampleSource() {
  const { t } = useTranslation('workflows');
  const { sample } = useEditing();
  const { source, at, from, mailbox } = sample;
  const says = source === 'example' && mailbox !== null ? 'exampleOf' : source;
  return (
    <Text span size="xs" {...(source === 'example' && { fw: 600 })}>
      {t(`editor.sample.${says}`, { mailbox })} {at !== null && <Time at={at} style="ago" />}{' '}
      {source === 'run' && from && (
        <Anchor component={Link} to={`/automations/runs/${from.id}`} size="xs">
          {t('editor.try.execution')}
        </Anchor>
      )}
    </Text>
  );
}
