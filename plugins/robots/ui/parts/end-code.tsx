/** What ends the use of an activation code: its phone is taken off, or it is over for good. */
import { Stack, Text, TextInput } from '@mantine/core';
import { $api, Confirm, notifyDone } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { unbindCode } from '../bounds.ts';
import { useReadCodesAgain } from './codes-data.ts';

interface EndCodeProps {
  code: string;
  onClose(): void;
}

export function UnbindCode({ code, onClose }: EndCodeProps) {
  const { t } = useTranslation('robots');
  const [reason, setReason] = useState('');
  const readAgain = useReadCodesAgain();
  const unbind = $api.useMutation('post', '/api/platform/robots/codes/{code}/unbind');
  return (
    <Confirm
      title={t('codes.unbindNamed', { code })}
      name={null}
      action={t('codes.unbind')}
      isOpen
      onClose={onClose}
      onConfirm={async () => {
        await unbind.mutateAsync({ params: { path: { code } }, body: { reason } });
        await readAgain();
        notifyDone(t('codes.unbound', { code }));
      }}
    >
      <Stack gap="sm">
        <Text size="sm">{t('codes.unbindText')}</Text>
        <TextInput
          label={t('codes.reason')}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          {...unbindCode.reason}
        />
      </Stack>
    </Confirm>
  );
}

export function DisableCode({ code, onClose }: EndCodeProps) {
  const { t } = useTranslation('robots');
  const readAgain = useReadCodesAgain();
  const disable = $api.useMutation('post', '/api/platform/robots/codes/{code}/disable');
  return (
    <Confirm
      title={t('codes.disableNamed', { code })}
      name={code}
      action={t('codes.disable')}
      isOpen
      onClose={onClose}
      onConfirm={async () => {
        await disable.mutateAsync({ params: { path: { code } } });
        await readAgain();
        notifyDone(t('codes.disabled', { code }));
      }}
    >
      {t('codes.disableText')}
    </Confirm>
  );
}
