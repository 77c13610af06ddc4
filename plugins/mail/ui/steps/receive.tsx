/** First steps: a mailbox, and the first mail in it, which is seen the moment that it arrives. */
import { Button, Group, Loader, Paper, Stack, Text } from '@mantine/core';
import IconSend from '@tabler/icons-react/dist/esm/icons/IconSend.mjs';
import {
  $api,
  Id,
  notifyFailed,
  Sheet,
  State,
  type StepProps,
  Time,
  useLiveRefresh,
  useMay,
  useRows,
} from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { NewMailbox } from '../parts/new-mailbox.tsx';
import { LISTS } from '../reader/place.ts';

const MAILBOXES = '/api/platform/mail/mailboxes';

export default function ReceiveStep({ title, onClose }: StepProps) {
  const mailboxes = useRows(MAILBOXES, { query: { sort: '-created_at' }, limit: 1 });
  const [mailbox] = mailboxes.data ?? [];
  if (mailboxes.isPending) return null;
  // One that was made is waited at; who makes none leaves.
  const leave = async () => {
    const { data = [] } = await mailboxes.refetch();
    if (data.length === 0) onClose();
  };
  if (mailboxes.data && !mailbox) return <NewMailbox isOpen staysHere onClose={() => void leave()} />;
  return (
    <Sheet title={title} onClose={onClose}>
      {mailbox && <Arriving address={mailbox.address} />}
    </Sheet>
  );
}

function Arriving({ address }: { address: string }) {
  const { t, i18n } = useTranslation('mail');
  // Who may see domains runs the server.
  const isOperator = useMay()('mail.domains');
  const mails = useRows(LISTS.inbox, { query: { mailbox: address }, limit: 1 });
  useLiveRefresh([`mail.received/${address}`], () => mails.refetch());
  const test = $api.useMutation('post', '/api/platform/mail/test-mail', { onError: notifyFailed });
  const [newest] = mails.data ?? [];
  return (
    <Stack>
      <Text size="sm">{t('receiveStep.text')}</Text>
      <Id value={address} />
      {isOperator && (
        <Group>
          <Button
            leftSection={<IconSend size={16} aria-hidden />}
            variant={newest ? 'default' : 'filled'}
            loading={test.isPending}
            onClick={() => test.mutate({ body: { mailbox: address, language: i18n.language === 'zh' ? 'zh' : 'en' } })}
          >
            {t('receiveStep.test')}
          </Button>
        </Group>
      )}
      <div aria-live="polite">
        {newest ? (
          <Paper withBorder radius="md" p="md">
            <Group gap="xs">
              <State value="done" text={t('receiveStep.received')} />
              <Text size="sm" c="dimmed">
                <Time at={newest.received_at} style="ago" />
              </Text>
            </Group>
            <Text fw={600}>{newest.subject}</Text>
            <Text size="sm" c="dimmed">
              {newest.from}
            </Text>
            <Text size="sm">{newest.preview}</Text>
          </Paper>
        ) : (
          <Group gap="sm">
            <Loader size="sm" aria-hidden />
            <Text size="sm">{t('receiveStep.waiting')}</Text>
          </Group>
        )}
      </div>
    </Stack>
  );
}
