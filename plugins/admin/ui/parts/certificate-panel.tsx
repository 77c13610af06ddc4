/** One certificate: what it is for, until when it counts, and how the last try to get another one went. */
import { Alert, Button, Group, Text } from '@mantine/core';
import IconRefresh from '@tabler/icons-react/dist/esm/icons/IconRefresh.mjs';
import { useQueryClient } from '@tanstack/react-query';
import { $api, Confirm, Facts, notifyDone, notifyFailed, Panel, State, Time } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CERTIFICATES, type Certificate, STATES } from './certificates.ts';

export function CertificatePanel({ certificate, isRenewing }: { certificate: Certificate; isRenewing: boolean }) {
  const { t } = useTranslation('admin');
  const { id, names, source, issuer, begins_at, ends_at, state, next_at, tried_at, error } = certificate;
  const isOwn = source === 'file';
  return (
    <Panel title={names.join(', ')}>
      {error !== null && (
        <Alert
          color={state === 'valid' ? 'yellow' : 'red'}
          title={t(isOwn ? 'certificates.notRead' : 'certificates.notGot')}
        >
          <Text size="sm" lang="en" style={{ overflowWrap: 'anywhere' }}>
            {error}
          </Text>
        </Alert>
      )}
      <Facts
        of={[
          [
            t('certificates.state'),
            <State key="state" value={STATES[state]} text={t(`certificates.states.${state}`)} />,
          ],
          [t('certificates.from'), issuer ?? t('certificates.none')],
          begins_at !== null && [t('certificates.begins'), <Time key="begins" at={begins_at} />],
          ends_at !== null && [t('certificates.ends'), <Time key="ends" at={ends_at} />],
          isOwn && [
            t('certificates.file'),
            <span key="file" style={{ overflowWrap: 'anywhere' }}>
              {id}
            </span>,
          ],
          tried_at !== null && [t('certificates.tried'), <Time key="tried" at={tried_at} style="ago" />],
          next_at !== null && [t('certificates.next'), <Time key="next" at={next_at} />],
        ]}
      />
      {isOwn ? (
        <Text size="sm" c="dimmed">
          {t('certificates.ownText')}
        </Text>
      ) : (
        <RenewNow name={id} isCounting={state === 'valid'} isRenewing={isRenewing} />
      )}
    </Panel>
  );
}

/** Authorities count what they are asked for, so one that still counts is not renewed by a slip. */
function RenewNow({ name, isCounting, isRenewing }: { name: string; isCounting: boolean; isRenewing: boolean }) {
  const { t } = useTranslation('admin');
  const queries = useQueryClient();
  const [isAsking, setAsking] = useState(false);
  const renew = $api.useMutation('post', '/api/platform/certificates/{name}/renewals', {
    onSuccess: () => notifyDone(t('certificates.asked', { name })),
    onSettled: () => queries.invalidateQueries({ queryKey: ['get', CERTIFICATES] }),
  });
  const params = { params: { path: { name } } };
  return (
    <Group>
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<IconRefresh size={14} />}
        loading={renew.isPending || isRenewing}
        aria-label={t('certificates.renewNamed', { name })}
        onClick={() => (isCounting ? setAsking(true) : renew.mutate(params, { onError: notifyFailed }))}
      >
        {t('certificates.renew')}
      </Button>
      <Confirm
        title={t('certificates.renewTitle')}
        name={null}
        action={t('certificates.renew')}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={async () => void (await renew.mutateAsync(params))}
      >
        {t('certificates.renewText', { name })}
      </Confirm>
    </Group>
  );
}
