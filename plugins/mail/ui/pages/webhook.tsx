/** One webhook: what was sent to it and what it answered; sending again, and trying whether it answers at all. */
import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import {
  $api,
  api,
  CodeView,
  DataTable,
  EmptyState,
  Facts,
  Link,
  Loaded,
  notifyDone,
  notifyFailed,
  Page,
  Panel,
  State,
  Time,
  useLiveRefresh,
  useParam,
} from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { BlockedAddress } from '../parts/blocked-address.tsx';
import { useAnswerText, type WebhookCall } from '../parts/webhook-answer.tsx';

const WEBHOOK = '/api/platform/mail/webhooks/{id}';
const LIST = '/api/platform/mail/webhooks/{id}/calls';
const STATES = ['waiting', 'delivered', 'failed'] as const;

export default function Webhook() {
  const { t } = useTranslation('mail');
  const id = Number(useParam('id'));
  const webhook = $api.useQuery('get', WEBHOOK, { params: { path: { id } } });
  useLiveRefresh(['webhook.called'], () => webhook.refetch());
  const page = { title: t('webhooks.one'), trail: [{ title: t('webhooks.title'), to: '/mail/webhooks' }] };
  return (
    <Loaded of={webhook} failed={page}>
      {({ url, mailbox, created_at, last_call }) => (
        <Page {...page}>
          <Stack>
            {last_call?.failure === 'blocked_address' && <BlockedAddress url={url} />}
            <Panel title={t('webhooks.about')}>
              <Facts
                of={[
                  [t('webhooks.url'), url],
                  [t('rules.mailbox'), mailbox],
                  [t('webhooks.since'), <Time key="since" at={created_at} />],
                ]}
              />
            </Panel>
            <Calls id={id} mailbox={mailbox} />
          </Stack>
        </Page>
      )}
    </Loaded>
  );
}

function Calls({ id, mailbox }: { id: number; mailbox: string }) {
  const { t } = useTranslation('mail');
  const client = useQueryClient();
  const [shown, setShown] = useState<number | null>(null);
  const answerText = useAnswerText();
  const [isTesting, setTesting] = useState(false);
  const readAgain = () =>
    Promise.all([
      client.invalidateQueries({ queryKey: ['get', LIST.replace('{id}', String(id))] }),
      client.invalidateQueries({ queryKey: ['get', WEBHOOK] }),
    ]);
  const again = (call: number) =>
    api
      .POST('/api/platform/mail/webhook-calls/{id}/again', { params: { path: { id: call } } })
      .then(() => notifyDone(t('webhooks.sentAgain')), notifyFailed)
      .finally(readAgain);
  const test = async () => {
    setTesting(true);
    try {
      const { data } = await api.POST('/api/platform/mail/webhooks/{id}/test', { params: { path: { id } } });
      if (data?.state === 'delivered') notifyDone(t('webhooks.tested', { answer: answerText(data) }));
      else if (data) notifyFailed(new Error(t('webhooks.testFailed', { answer: answerText(data) })));
    } catch (error) {
      notifyFailed(error);
    } finally {
      setTesting(false);
      await readAgain();
    }
  };
  const testButton = (
    <Button loading={isTesting} onClick={() => void test()}>
      {t('webhooks.test')}
    </Button>
  );
  return (
    <Panel title={t('webhooks.calls')} actions={testButton}>
      <DataTable
        list={LIST}
        at={{ id: String(id) }}
        label={t('webhooks.calls')}
        rowKey={(call) => String(call.id)}
        live={[`webhook.called/${mailbox}`]}
        filters={[
          {
            name: 'state',
            title: t('webhooks.state'),
            choices: STATES.map((value) => ({ value, label: t(`webhooks.is.${value}`) })),
          },
        ]}
        columns={[
          {
            id: 'created',
            title: t('webhooks.created'),
            width: 2,
            cell: ({ created_at }) => <Time at={created_at} style="ago" />,
          },
          { id: 'what', title: t('webhooks.what'), width: 2, cell: (call) => <What call={call} /> },
          {
            id: 'state',
            title: t('webhooks.state'),
            width: 2,
            onPhone: true,
            cell: ({ state }) => <State value={state} text={t(`webhooks.is.${state}`)} />,
          },
          {
            id: 'answer',
            title: t('webhooks.answer'),
            width: 4,
            onPhone: true,
            cell: (call) => answerText(call),
          },
          { id: 'tries', title: t('webhooks.tries'), width: 1.5, align: 'end', cell: ({ tries }) => tries },
          {
            id: 'next',
            title: t('webhooks.next'),
            width: 2,
            cell: ({ next_try_at }) => next_try_at && <Time at={next_try_at} style="ago" />,
          },
          {
            id: 'do',
            title: t('webhooks.do'),
            width: 4.5,
            align: 'end',
            onPhone: true,
            cell: (call) => (
              <Group gap={6} justify="flex-end" component="span">
                <Button size="compact-sm" variant="default" onClick={() => setShown(call.id)}>
                  {t('webhooks.show')}
                </Button>
                <Button size="compact-sm" variant="default" onClick={() => void again(call.id)}>
                  {t('webhooks.again')}
                </Button>
              </Group>
            ),
          },
        ]}
        empty={<EmptyState title={t('webhooks.noCalls')} text={t('webhooks.noCallsText')} />}
      />
      <Modal
        opened={shown !== null}
        onClose={() => setShown(null)}
        title={t('webhooks.body')}
        size="lg"
        closeButtonProps={{ 'aria-label': t('close') }}
      >
        {shown !== null && <Body id={shown} />}
      </Modal>
    </Panel>
  );
}

function What({ call: { event_type, message_id } }: { call: WebhookCall }) {
  const { t } = useTranslation('mail');
  if (event_type === 'webhook.test') return t('webhooks.isTest');
  if (message_id === null) return event_type;
  return <Link to={`/mail?message=${message_id}`}>{t('webhooks.isMail')}</Link>;
}

function Body({ id }: { id: number }) {
  const { t } = useTranslation('mail');
  const call = $api.useQuery('get', '/api/platform/mail/webhook-calls/{id}', { params: { path: { id } } });
  return (
    <Loaded of={call}>
      {({ event, event_id }) => (
        <Stack gap="xs">
          <Text size="sm" c="dimmed">
            {t('webhooks.bodyText', { id: event_id })}
          </Text>
          <CodeView label={t('webhooks.body')} value={JSON.stringify(event, null, 2)} language="json" maxHeight={400} />
        </Stack>
      )}
    </Loaded>
  );
}
