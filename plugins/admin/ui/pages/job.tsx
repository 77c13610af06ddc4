/** One job: what it carries, how often it was tried, and why it failed last. */
import { Alert, Button, Code } from '@mantine/core';
import IconPlayerPlay from '@tabler/icons-react/dist/esm/icons/IconPlayerPlay.mjs';
import IconTrash from '@tabler/icons-react/dist/esm/icons/IconTrash.mjs';
import { useQueryClient } from '@tanstack/react-query';
import {
  $api,
  CodeView,
  Confirm,
  Facts,
  Loaded,
  Mono,
  notifyDone,
  notifyFailed,
  Page,
  Panel,
  State,
  Time,
  useFormats,
  useParam,
  useRouter,
} from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

export default function Job() {
  const { t } = useTranslation('admin');
  const { bytes } = useFormats();
  const { go } = useRouter();
  const queries = useQueryClient();
  const params = { path: { id: Number(useParam('id')) } };
  const job = $api.useQuery('get', '/api/platform/jobs/{id}', { params });
  const retry = $api.useMutation('post', '/api/platform/jobs/{id}/retry');
  const discard = $api.useMutation('delete', '/api/platform/jobs/{id}');
  const [isAsking, setAsking] = useState(false);
  const leave = async (message: string) => {
    notifyDone(message);
    await queries.invalidateQueries({ queryKey: ['get', '/api/platform/jobs'] });
    go('/status/jobs');
  };
  const again = () => retry.mutateAsync({ params }).then(() => leave(t('jobs.retried')), notifyFailed);
  const canChange = job.data !== undefined && job.data.state !== 'running';
  return (
    <Page
      title={job.data?.summary ?? job.data?.name ?? t('jobs.one')}
      trail={[{ title: t('jobs.title'), to: '/status/jobs' }]}
      actions={
        canChange && (
          <>
            <Button leftSection={<IconPlayerPlay size={16} />} loading={retry.isPending} onClick={() => void again()}>
              {t('jobs.retry')}
            </Button>
            <Button variant="default" leftSection={<IconTrash size={16} />} onClick={() => setAsking(true)}>
              {t('jobs.discard')}
            </Button>
          </>
        )
      }
    >
      <Loaded of={job}>
        {({ id, name, state, lane, priority, run_at, attempts, max_attempts, last_error, created_at, ...more }) => (
          <>
            {last_error && (
              <Alert color={state === 'dead' ? 'red' : 'yellow'} title={t('jobs.lastError')}>
                <Code block>{last_error}</Code>
              </Alert>
            )}
            <Panel title={t('jobs.about')}>
              <Facts
                of={[
                  [t('jobs.number'), String(id)],
                  [t('jobs.kind'), <Mono key="name">{name}</Mono>],
                  [t('jobs.state'), <State key="state" value={state} text={t(`jobs.states.${state}`)} />],
                  [
                    t('jobs.attempts'),
                    max_attempts === null
                      ? t('jobs.untilDone', { attempts })
                      : t('jobs.ofTries', { attempts, max: max_attempts }),
                  ],
                  [t('jobs.runAt'), <Time key="run" at={run_at} />],
                  [t('jobs.made'), <Time key="made" at={created_at} />],
                  [t('jobs.priority'), String(priority)],
                  lane !== '' && [t('jobs.lane'), lane],
                  more.key !== null && [t('jobs.key'), more.key],
                  more.locked_by !== null && [t('jobs.worker'), more.locked_by],
                ]}
              />
            </Panel>
            <Panel title={t('jobs.payload')}>
              {more.payload === null ? (
                t('jobs.large', { size: bytes(more.payload_bytes) })
              ) : (
                <CodeView label={t('jobs.payload')} language="json" value={JSON.stringify(more.payload, null, 2)} />
              )}
            </Panel>
            <Confirm
              title={t('jobs.discardTitle')}
              name={null}
              action={t('jobs.discard')}
              isOpen={isAsking}
              onClose={() => setAsking(false)}
              onConfirm={async () => {
                await discard.mutateAsync({ params });
                await leave(t('jobs.discarded'));
              }}
            >
              {t('jobs.discardText')}
            </Confirm>
          </>
        )}
      </Loaded>
    </Page>
  );
}
