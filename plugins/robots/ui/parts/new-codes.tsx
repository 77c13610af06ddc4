/** Makes activation codes, and shows the new ones together to be copied. */
import { Button, Group, Modal, NumberInput, Stack, Text, Textarea } from '@mantine/core';
import { $api, CopyButton, FormModal, issueOf, useFocusBack } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { createCode } from '../bounds.ts';
import { CODES, useReadCodesAgain } from './codes-data.ts';

const USUAL_DAYS = 30;

interface NewCodesProps {
  /** Its name: it takes one code. */
  robot?: string;
  onClose(): void;
  onMade(codes: readonly string[]): void;
}

export function NewCodes({ robot, onClose, onMade }: NewCodesProps) {
  const { t } = useTranslation('robots');
  const [count, setCount] = useState(1);
  const [days, setDays] = useState(USUAL_DAYS);
  const readAgain = useReadCodesAgain();
  const make = $api.useMutation('post', CODES);
  return (
    <FormModal
      title={robot === undefined ? t('codes.new') : t('codes.newFor', { name: robot })}
      action={t('codes.make')}
      isOpen
      onClose={onClose}
      onSubmit={async () => {
        const { codes } = await make.mutateAsync({ body: { count, validity_days: days } });
        onMade(codes);
        await readAgain();
      }}
    >
      {(error) => (
        <Stack gap="sm">
          {robot === undefined && (
            <NumberInput
              label={t('codes.count')}
              value={count}
              onChange={(value) => typeof value === 'number' && setCount(value)}
              {...createCode.count}
              error={issueOf(error, 'count')}
              data-autofocus
            />
          )}
          <NumberInput
            label={t('codes.days')}
            description={t('codes.daysText')}
            value={days}
            onChange={(value) => typeof value === 'number' && setDays(value)}
            {...createCode.validity_days}
            error={issueOf(error, 'validity_days')}
          />
        </Stack>
      )}
    </FormModal>
  );
}

export function MadeCodes({ codes, onClose }: { codes: readonly string[]; onClose(): void }) {
  const { t } = useTranslation('robots');
  useFocusBack();
  const text = codes.join('\n');
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('codes.made', { count: codes.length })}
      closeButtonProps={{ 'aria-label': t('shell:close') }}
    >
      <Stack gap="sm">
        <Text size="sm">{t('codes.madeText')}</Text>
        <Textarea
          label={t('codes.list')}
          value={text}
          readOnly
          autosize
          minRows={2}
          maxRows={12}
          ff="monospace"
          data-autofocus
        />
        <Group justify="space-between">
          <Group gap={4}>
            <CopyButton value={text} label={t('codes.copyAll')} />
            <Text size="sm">{t('codes.copyAll')}</Text>
          </Group>
          <Button onClick={onClose}>{t('codes.done')}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
