/** Makes an API key, for oneself or for somebody of the tenant; its secret is shown once. */
import { Alert, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { $api, api, FormModal, issueOf, Loaded, useCanSendMail } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { createApiKey } from '../bounds.ts';
import { ScopeList } from './scope-list.tsx';
import { ShownOnce } from './shown-once.tsx';

interface NewKeyProps {
  isOpen: boolean;
  onClose(): void;
  /** Who it is for; oneself without it. */
  owner?: { id: string; name: string };
}

const LIFETIMES_DAYS = [7, 30, 90, 365];
const DEFAULT_DAYS = '90';
const NEVER = 'never';
type Reach = 'some' | 'all';

export function NewKey({ isOpen, onClose, owner }: NewKeyProps) {
  const { t } = useTranslation('auth');
  const queries = useQueryClient();
  const canSend = useCanSendMail();
  const [name, setName] = useState('');
  const [reach, setReach] = useState<Reach>('some');
  const [scopes, setScopes] = useState<string[]>([]);
  const [days, setDays] = useState(DEFAULT_DAYS);
  const [secret, setSecret] = useState<string | null>(null);

  const make = async () => {
    const expiry = days === NEVER ? {} : { expires_in_days: Number(days) };
    const { data } = owner
      ? await api.POST('/api/platform/auth/users/{id}/api-keys', {
          params: { path: { id: owner.id } },
          body: { name, scopes, ...expiry },
        })
      : await api.POST('/api/v2/api-keys', { body: { name, ...(reach === 'some' && { scopes }), ...expiry } });
    setSecret(data?.raw_key ?? null);
    setName('');
    setScopes([]);
    await queries.invalidateQueries({ queryKey: ['get', '/api/platform/auth/api-keys'] });
  };
  return (
    <>
      <FormModal
        title={owner ? t('key.newFor', { name: owner.name }) : t('key.new')}
        action={t('key.make')}
        isOpen={isOpen}
        onClose={onClose}
        onSubmit={make}
        size="lg"
      >
        {(error) => (
          <>
            {owner && (
              <Alert title={t('key.forOther', { name: owner.name })}>
                {t(canSend ? 'key.forOtherText' : 'key.forOtherNoMail')}
              </Alert>
            )}
            <TextInput
              label={t('key.name')}
              description={t('key.nameHint')}
              required
              {...createApiKey.name}
              data-autofocus
              value={name}
              error={issueOf(error, 'name')}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Select
              label={t('key.lasts')}
              allowDeselect={false}
              data={[
                ...LIFETIMES_DAYS.map((count) => ({ value: String(count), label: t('key.days', { count }) })),
                { value: NEVER, label: t('key.never') },
              ]}
              value={days}
              onChange={(value) => setDays(value ?? DEFAULT_DAYS)}
            />
            {!owner && (
              <SegmentedControl
                aria-label={t('key.reach')}
                data={[
                  { value: 'some', label: t('key.reachSome') },
                  { value: 'all', label: t('key.reachAll') },
                ]}
                value={reach}
                onChange={(value) => setReach(value === 'all' ? 'all' : 'some')}
              />
            )}
            {(owner || reach === 'some') && (
              <GrantableScopes
                owner={owner?.id}
                chosen={scopes}
                onChange={setScopes}
                error={issueOf(error, 'scopes')}
              />
            )}
          </>
        )}
      </FormModal>
      <ShownOnce title={t('key.made')} label={t('key.secret')} secret={secret} onClose={() => setSecret(null)} />
    </>
  );
}

interface GrantableScopesProps {
  owner: string | undefined;
  chosen: readonly string[];
  onChange(chosen: string[]): void;
  error: string | null;
}

function GrantableScopes({ owner, ...list }: GrantableScopesProps) {
  const own = $api.useQuery('get', '/api/platform/auth/scopes', {}, { enabled: owner === undefined });
  const others = $api.useQuery(
    'get',
    '/api/platform/auth/users/{id}/scopes',
    { params: { path: { id: owner ?? '' } } },
    { enabled: owner !== undefined },
  );
  return (
    <Loaded of={owner === undefined ? own : others}>{({ items }) => <ScopeList scopes={items} {...list} />}</Loaded>
  );
}
