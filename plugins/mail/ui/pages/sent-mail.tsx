/** One mail that was sent, or is to be: what became of it at each recipient, and what it says. */
import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import {
  $api,
  api,
  doUnlessUndone,
  Facts,
  FormModal,
  issueOf,
  Link,
  Loaded,
  MomentField,
  notifyDone,
  Page,
  Panel,
  State,
  Time,
  useCanSendMail,
  useLiveRefresh,
  useParam,
  useVisitor,
} from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { LinkedText } from '../reader/linked-text.tsx';
import classes from '../reader/reader.module.css';

const ONE = '/api/platform/mail/sent/{id}';
/** A state is one of those that are translated, or is shown by its word. */
const WAITING = ['scheduled', 'queued'];

export default function SentMail() {
  const { t, i18n } = useTranslation('mail');
  const id = useParam('id');
  const client = useQueryClient();
  const query = $api.useQuery('get', ONE, { params: { path: { id } } });
  useLiveRefresh(['mail.sent', 'mail.bounced'], () => query.refetch());
  const [isChanging, setChanging] = useState(false);
  const [at, setAt] = useState<string | null>(null);
  const word = (status: string) => (i18n.exists(`sent.is.${status}`, { ns: 'mail' }) ? t(`sent.is.${status}`) : status);
  const refresh = () =>
    Promise.all(
      [ONE, '/api/platform/mail/sent', '/api/platform/mail/scheduled'].map((path) =>
        client.invalidateQueries({ queryKey: ['get', path] }),
      ),
    );
  const change = async (body: { status?: 'canceled'; scheduled_at?: string }) => {
    await api.PATCH(ONE, { params: { path: { id } }, body });
    await refresh();
  };
  const mail = query.data;
  const isWaiting = mail !== undefined && WAITING.includes(mail.status);
  return (
    <Page
      title={mail ? mail.subject || t('reader.noSubject') : t('sent.title')}
      trail={[
        mail?.status === 'scheduled'
          ? { title: t('scheduled.title'), to: '/mail/scheduled' }
          : { title: t('sent.title'), to: '/mail/sent' },
      ]}
      actions={
        isWaiting && (
          <>
            <Button
              variant="default"
              onClick={() => {
                setAt(mail.scheduled_at ?? mail.created_at);
                setChanging(true);
              }}
            >
              {t('scheduled.change')}
            </Button>
            <Button
              color="red"
              variant="light"
              onClick={() => doUnlessUndone(t('scheduled.canceled'), () => change({ status: 'canceled' }))}
            >
              {t('scheduled.cancel')}
            </Button>
          </>
        )
      }
    >
      <Loaded of={query}>
        {(sent) => (
          <Stack>
            {sent.status === 'logged' && <NotSent id={id} canSendAgain={sent.text.trim() !== ''} />}
            <Facts
              of={[
                [t('sent.status'), <State key="status" value={sent.status} text={word(sent.status)} />],
                [t('sent.from'), sent.from_name ? `${sent.from_name} <${sent.from}>` : sent.from],
                [t('sent.created'), <Time key="created" at={sent.created_at} />],
                sent.scheduled_at !== null && [t('scheduled.at'), <Time key="at" at={sent.scheduled_at} />],
              ]}
            />
            <Panel title={t('sent.recipients')}>
              <Stack component="ul" gap="sm" p={0} m={0} style={{ listStyle: 'none' }}>
                {sent.recipients.map(({ recipient, status, answer, attempts }) => (
                  <li key={recipient}>
                    <Group gap="xs">
                      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
                        {recipient}
                      </Text>
                      <State value={status} text={word(status)} />
                      {attempts > 1 && (
                        <Text size="xs" c="dimmed">
                          {t('sent.tries', { count: attempts })}
                        </Text>
                      )}
                    </Group>
                    {status !== 'logged' && answer && (
                      <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                        {t('sent.answered', { answer })}
                      </Text>
                    )}
                  </li>
                ))}
              </Stack>
            </Panel>
            <Panel title={t('sent.content')}>
              {sent.text.trim() !== '' || sent.html === '' ? (
                <LinkedText text={sent.text || t('body.noText')} className={classes.text} />
              ) : (
                <pre className={classes.source}>{sent.html}</pre>
              )}
            </Panel>
          </Stack>
        )}
      </Loaded>
      <FormModal
        title={t('scheduled.change')}
        action={t('save')}
        isOpen={isChanging}
        onClose={() => setChanging(false)}
        onSubmit={async () => {
          await change({ scheduled_at: at ?? '' });
          notifyDone(t('scheduled.changed'));
        }}
      >
        {(error) => (
          <MomentField
            label={t('scheduled.at')}
            description={t('scheduled.past')}
            required
            data-autofocus
            value={at}
            error={issueOf(error, 'scheduled_at')}
            onChange={setAt}
          />
        )}
      </FormModal>
    </Page>
  );
}

/** Of a mail that was written while the server could not send: how it is sent after all. */
function NotSent({ id, canSendAgain }: { id: string; canSendAgain: boolean }) {
  const { t } = useTranslation('mail');
  const canSend = useCanSendMail();
  const visitor = useVisitor();
  return (
    <Alert color="yellow" title={t('sent.is.logged')}>
      <Text size="sm">
        {t('sent.logged')} {t(canSend ? 'sent.loggedLater' : 'sent.loggedStill')}
      </Text>
      <Group gap="xs" mt="xs">
        {!canSend && visitor?.is_superadmin && (
          <Button component={Link} to="/settings/server/sending" size="xs">
            {t('shell:noMail.setUp')}
          </Button>
        )}
        {canSendAgain && (
          <Button component={Link} to={`/mail/compose?again=${id}`} size="xs" variant={canSend ? 'filled' : 'default'}>
            {t('sent.again')}
          </Button>
        )}
      </Group>
    </Alert>
  );
}
