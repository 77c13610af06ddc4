/** Schedules a message: through which robot, to whom, what, and when, in the viewer's own zone. */
import { SegmentedControl, Select, Stack, TagsInput, Textarea, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { $api, FormModal, issueOf, MomentField, notifyDone } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { createRobotScheduledMessage } from '../bounds.ts';
import { useRobotChoices } from '../parts/robots-data.ts';
import { SCHEDULED } from './scheduled-data.ts';

export function NewScheduled({ onClose }: { onClose(): void }) {
  const { t } = useTranslation('robots');
  const client = useQueryClient();
  const choices = useRobotChoices();
  const [robot, setRobot] = useState<string | null>(null);
  const [names, setNames] = useState<string[]>([]);
  const [content, setContent] = useState('');
  const [how, setHow] = useState<'once' | 'again'>('once');
  const [at, setAt] = useState<string | null>(null);
  const [cron, setCron] = useState('0 9 * * 1-5');
  const { timeZone: zone } = Intl.DateTimeFormat().resolvedOptions();
  // The same try sent twice is one message.
  const [key] = useState(() => crypto.randomUUID());
  const make = $api.useMutation('post', SCHEDULED);
  const when = how === 'once' ? { at: at ?? '' } : { cron: cron.trim() };
  const hasTime = how === 'once' ? at !== null : cron.trim() !== '';
  return (
    <FormModal
      title={t('scheduled.new')}
      action={t('scheduled.make')}
      isOpen
      onClose={onClose}
      isReady={robot !== null && names.length > 0 && content.trim() !== '' && hasTime}
      onSubmit={async () => {
        const body = { robot_id: robot ?? '', names, content, zone, ...when };
        await make.mutateAsync({ params: { header: { 'Idempotency-Key': key } }, body });
        await client.invalidateQueries({ queryKey: ['get', SCHEDULED] });
        notifyDone(t('scheduled.made'));
      }}
    >
      {(error) => (
        <Stack gap="sm">
          <Select label={t('inbox.robot')} data={choices} value={robot} onChange={setRobot} searchable required />
          <TagsInput
            label={t('test.to')}
            description={t('broadcasts.namesText')}
            value={names}
            onChange={setNames}
            splitChars={[',']}
            required
          />
          <Textarea
            label={t('test.text')}
            value={content}
            onChange={(event) => setContent(event.currentTarget.value)}
            {...createRobotScheduledMessage.content}
            autosize
            minRows={3}
            required
            error={issueOf(error, 'content')}
          />
          <SegmentedControl
            aria-label={t('scheduled.how')}
            value={how}
            onChange={(value) => setHow(value === 'again' ? 'again' : 'once')}
            data={[
              { value: 'once', label: t('scheduled.once') },
              { value: 'again', label: t('scheduled.again') },
            ]}
          />
          {how === 'once' ? (
            <MomentField
              label={t('scheduled.at', { zone })}
              value={at}
              onChange={setAt}
              required
              error={issueOf(error, 'at')}
            />
          ) : (
            <TextInput
              label={t('scheduled.cron')}
              description={t('scheduled.cronText', { zone })}
              value={cron}
              onChange={(event) => setCron(event.currentTarget.value)}
              {...createRobotScheduledMessage.cron}
              required
              error={issueOf(error, 'cron')}
            />
          )}
        </Stack>
      )}
    </FormModal>
  );
}
