/** A mailbox, and the first mail in it: it appears here the moment that it arrives, sent by hand or by the server itself. */
import { Button, Code, Group, Loader, Paper, Stack, Text, TextInput } from '@mantine/core';
import IconSend from '@tabler/icons-react/dist/esm/icons/IconSend.mjs';
import { useQueryClient } from '@tanstack/react-query';
import {
  $api,
  CopyButton,
  Facts,
  Id,
  issueOf,
  Loaded,
  notifyFailed,
  Panel,
  State,
  Time,
  useLiveRefresh,
  useUrlState,
} from 'patchbay-platform/ui';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { addMailbox } from '../bounds.ts';
import { rowsOf } from './rows-of.ts';
import { StepCard } from './step-card.tsx';

const MAILBOXES = '/api/platform/mail/mailboxes';
const MESSAGES = '/api/platform/mail/messages';

export function FirstMailStep({ onNext }: { onNext(): void }) {
  const [{ mailbox }] = useUrlState();
  const receiving = $api.useQuery('get', '/api/platform/mail/receiving');
  return (
    <Loaded of={receiving}>
      {({ domain, port, is_local }) =>
        mailbox ? (
          <Waited address={mailbox} port={port} host={is_local ? '127.0.0.1' : location.hostname} onNext={onNext} />
        ) : (
          <NewMailbox domain={domain} />
        )
      }
    </Loaded>
  );
}

function NewMailbox({ domain }: { domain: string }) {
  const { t } = useTranslation('admin');
  const [, setUrl] = useUrlState();
  const queries = useQueryClient();
  const [local, setLocal] = useState('hello');
  const address = `${local.trim().toLowerCase()}@${domain}`;
  const mailboxes = $api.useQuery('get', MAILBOXES, { params: { query: { address } } });
  const create = $api.useMutation('post', MAILBOXES);
  const change = $api.useMutation('patch', '/api/platform/mail/mailboxes/{id}');
  // One that a mail has made is nobody's, goes after an hour, and starts nothing: it is taken.
  const isThere = rowsOf(mailboxes.data).some(
    (one) => one.address === address && (one.user_id !== null || one.tenant_id !== null),
  );
  const make = async (event: FormEvent) => {
    event.preventDefault();
    try {
      if (!isThere) {
        const { id } = await create.mutateAsync({ body: { local: local.trim(), domain } });
        // Others go after an hour.
        await change.mutateAsync({ params: { path: { id } }, body: { pinned: true } });
      }
      await queries.invalidateQueries({ queryKey: ['get', MAILBOXES] });
      setUrl({ mailbox: address });
    } catch (error) {
      if (issueOf(error, 'local') === null) notifyFailed(error);
    }
  };
  return (
    <form onSubmit={(event) => void make(event)}>
      <Panel title={t('firstSteps.mail.title')}>
        <Stack gap="md">
          <Text size="sm">{t('firstSteps.mail.choose')}</Text>
          <Group align="flex-end" gap="xs">
            <TextInput
              label={t('firstSteps.mail.address')}
              value={local}
              onChange={(event) => setLocal(event.currentTarget.value)}
              error={issueOf(create.error, 'local')}
              rightSection={<Text size="sm" c="dimmed">{`@${domain}`}</Text>}
              rightSectionWidth={domain.length * 8 + 28}
              required
              {...addMailbox.local}
              w={320}
              maw="100%"
            />
            <Button type="submit" loading={create.isPending || change.isPending} disabled={local.trim() === ''}>
              {t(isThere ? 'firstSteps.mail.use' : 'firstSteps.mail.make')}
            </Button>
          </Group>
        </Stack>
      </Panel>
    </form>
  );
}

interface WaitedProps {
  address: string;
  host: string;
  port: number | null;
  onNext(): void;
}

function Waited({ address, host, port, onNext }: WaitedProps) {
  const { t, i18n } = useTranslation('admin');
  const queries = useQueryClient();
  const [, setUrl] = useUrlState();
  const messages = $api.useQuery('get', MESSAGES, { params: { query: { mailbox: address, limit: 5 } } });
  useLiveRefresh([`mail.received/${address}`], () => queries.invalidateQueries({ queryKey: ['get', MESSAGES] }));
  const test = $api.useMutation('post', '/api/platform/mail/test-mail', {
    onSuccess: () => queries.invalidateQueries({ queryKey: ['get', MESSAGES] }),
    onError: notifyFailed,
  });
  const language = i18n.language === 'zh' ? 'zh' : 'en';
  const [newest] = rowsOf(messages.data);
  const command = `printf 'Subject: ${t('firstSteps.mail.subject')}\\n\\n${t('firstSteps.mail.body')}\\n' | curl smtp://${host}:${port} --mail-from me@sender.example --mail-rcpt ${address} -T -`;
  return (
    <StepCard
      title={t('firstSteps.mail.title')}
      next={t(newest ? 'firstSteps.mail.next' : 'firstSteps.skip')}
      isOpen={!newest}
      onNext={onNext}
    >
      <Facts
        of={[
          [t('firstSteps.mail.address'), <Id key="address" value={address} />],
          port !== null && [t('firstSteps.mail.server'), <Code key="server">{`${host}:${port}`}</Code>],
        ]}
      />
      <Group gap="xs">
        <Button
          leftSection={<IconSend size={16} />}
          variant={newest ? 'default' : 'filled'}
          loading={test.isPending}
          onClick={() => test.mutate({ body: { mailbox: address, language } })}
        >
          {t('firstSteps.mail.test')}
        </Button>
        <Button variant="default" onClick={() => setUrl({ mailbox: null })}>
          {t('firstSteps.mail.other')}
        </Button>
      </Group>
      {port !== null && (
        <Stack gap={4}>
          <Text size="sm">{t('firstSteps.mail.byHand')}</Text>
          <Group gap="xs" wrap="nowrap" align="flex-start">
            <Code block flex={1} style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
              {command}
            </Code>
            <CopyButton value={command} label={t('firstSteps.mail.copy')} />
          </Group>
        </Stack>
      )}
      <div aria-live="polite">
        {newest ? (
          <Paper withBorder radius="md" p="md">
            <Stack gap={6}>
              <Group gap="xs">
                <State value="done" text={t('firstSteps.mail.received')} />
                <Text size="sm" c="dimmed">
                  <Time at={newest.received_at} style="ago" />
                </Text>
              </Group>
              <Text fw={600}>{newest.subject}</Text>
              <Text size="sm" c="dimmed">
                {newest.from_name === null ? newest.from : `${newest.from_name} <${newest.from}>`}
              </Text>
              <Text size="sm">{newest.preview}</Text>
              {newest.verification_code && (
                <Group gap="xs">
                  <Text size="sm">{t('firstSteps.mail.code')}</Text>
                  <Id value={newest.verification_code} />
                </Group>
              )}
            </Stack>
          </Paper>
        ) : (
          <Group gap="sm" wrap="nowrap">
            <Loader size="sm" aria-hidden />
            <Text size="sm">{t('firstSteps.mail.waiting')}</Text>
          </Group>
        )}
      </div>
    </StepCard>
  );
}
