/** One API key: what it is, what it may, a new secret for it, and its end. */
import { Button, Code, Group, Select, Stack } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import {
  $api,
  api,
  Confirm,
  Facts,
  FormModal,
  Id,
  Loaded,
  notifyDone,
  Page,
  Panel,
  State,
  Time,
  TryItPanel,
  useParam,
} from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { keyCalls } from '../parts/key-calls.ts';
import { RightsList } from '../parts/rights-list.tsx';
import { ShownOnce } from '../parts/shown-once.tsx';

const PATH = '/api/v2/api-keys/{id}';
/** Minutes for which the old secret goes on. */
const GRACES = [0, 60, 1440, 10_080];

export default function Key() {
  const { t } = useTranslation('auth');
  const id = useParam('id');
  const queries = useQueryClient();
  const params = { path: { id } };
  const key = $api.useQuery('get', PATH, { params });
  const rights = $api.useQuery('get', '/api/platform/auth/api-keys/{id}/rights', { params });
  const [dialog, setDialog] = useState<'rotate' | 'revoke' | null>(null);
  const [grace, setGrace] = useState('0');
  const [secret, setSecret] = useState<string | null>(null);
  const close = () => setDialog(null);
  const readAgain = () =>
    queries.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[1]).includes('/settings/api-keys') });

  const rotate = async () => {
    const body = { grace_minutes: Number(grace) };
    const { data } = await api.POST('/api/v2/api-keys/{id}/rotate', { params, body });
    setSecret(data?.raw_key ?? null);
    await readAgain();
  };
  const revoke = async () => {
    await api.DELETE(PATH, { params });
    notifyDone(t('key.revoked'));
    await readAgain();
  };
  const name = key.data?.name ?? t('keys.one');
  return (
    <Page
      title={name}
      trail={[{ title: t('keys.title'), to: '/settings/api-keys' }]}
      actions={
        key.data?.is_active && (
          <>
            <Button variant="default" onClick={() => setDialog('rotate')}>
              {t('key.rotate')}
            </Button>
            <Button color="red" variant="light" onClick={() => setDialog('revoke')}>
              {t('key.revoke')}
            </Button>
          </>
        )
      }
    >
      <Loaded of={key}>
        {(shown) => (
          <Stack>
            <Panel title={t('key.facts')}>
              <Facts
                of={[
                  [
                    t('key.state'),
                    <State
                      key="state"
                      value={shown.is_active ? 'active' : 'ended'}
                      text={t(shown.is_active ? 'key.active' : 'key.ended')}
                    />,
                  ],
                  [t('key.prefix'), <Code key="prefix">{`${shown.key_prefix}…`}</Code>],
                  [t('key.id'), <Id key="id" value={shown.id} />],
                  [t('key.scopes'), shown.scopes ? <Scopes key="scopes" of={shown.scopes} /> : t('key.reachFull')],
                  [t('key.created'), <Time key="created" at={shown.created_at} />],
                  [t('key.used'), <Time key="used" at={shown.last_used_at} />],
                  [t('key.expires'), shown.expires_at ? <Time key="expires" at={shown.expires_at} /> : t('key.never')],
                  shown.made_by_administrator === true && [t('key.maker'), t('key.byAdministrator')],
                ]}
              />
            </Panel>
            {shown.is_active && <TryItPanel calls={keyCalls(t, { id, scopes: shown.scopes })} />}
            <Panel title={t('rights.title')}>
              <Loaded of={rights}>{(of) => <RightsList rights={of} />}</Loaded>
            </Panel>
          </Stack>
        )}
      </Loaded>
      <FormModal
        title={t('key.rotateTitle', { name })}
        action={t('key.rotate')}
        isOpen={dialog === 'rotate'}
        onClose={close}
        onSubmit={rotate}
      >
        {() => (
          <Select
            label={t('key.grace')}
            description={t('key.graceHint')}
            allowDeselect={false}
            data={GRACES.map((minutes) => ({ value: String(minutes), label: t(`key.graces.${minutes}`) }))}
            value={grace}
            onChange={(value) => setGrace(value ?? '0')}
          />
        )}
      </FormModal>
      <Confirm
        title={t('key.revokeTitle', { name })}
        name={name}
        action={t('key.revoke')}
        isOpen={dialog === 'revoke'}
        onClose={close}
        onConfirm={revoke}
      >
        {t('key.revokeText')}
      </Confirm>
      <ShownOnce title={t('key.rotated')} label={t('key.secret')} secret={secret} onClose={() => setSecret(null)} />
    </Page>
  );
}

function Scopes({ of }: { of: readonly string[] }) {
  return (
    <Group gap={4}>
      {of.map((scope) => (
        <Code key={scope}>{scope}</Code>
      ))}
    </Group>
  );
}
