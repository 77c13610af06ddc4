/** Of a mailbox that a mail has made: that it goes, that nothing starts with its mail, and the way to keep it. */
import { Alert, Button, Group, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { notifyDone, notifyFailed, useFormats, useMay } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { MAILBOXES, useMailboxes } from '../reader/use-mails.ts';
import { createMailbox } from './kept-mailbox.ts';

export function NobodysMailbox({ address }: { address: string }) {
  const { t } = useTranslation('mail');
  const { ago } = useFormats();
  const may = useMay();
  const client = useQueryClient();
  const [isPending, setPending] = useState(false);
  const box = useMailboxes().data?.find((one) => one.address === address);
  if (!box || box.user_id !== null || box.tenant_id !== null || box.pinned || box.expires_at === null) return null;
  const keep = async () => {
    setPending(true);
    try {
      const local = address.slice(0, address.lastIndexOf('@'));
      await createMailbox({ local, domain: box.domain }, true);
      await client.invalidateQueries({ queryKey: ['get', MAILBOXES] });
      notifyDone(t('reader.kept', { address }));
    } catch (error) {
      notifyFailed(error);
    }
    setPending(false);
  };
  return (
    <Alert color="yellow" p="xs">
      <Group justify="space-between" gap="xs">
        <Text size="sm" flex="1 1 14rem">
          {t('reader.nobodys', { address, time: ago(box.expires_at) })}
        </Text>
        {may('mail.rules') && (
          <Button size="xs" loading={isPending} onClick={() => void keep()}>
            {t('reader.keep')}
          </Button>
        )}
      </Group>
    </Alert>
  );
}
