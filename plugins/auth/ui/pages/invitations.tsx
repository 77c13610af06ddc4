/** Invitations into one's tenant: made, listed, withdrawn. */
import { Button, Select } from '@mantine/core';
import IconSend from '@tabler/icons-react/dist/esm/icons/IconSend.mjs';
import { useQueryClient } from '@tanstack/react-query';
import {
  api,
  DataTable,
  doUnlessUndone,
  EmptyState,
  FormModal,
  Page,
  State,
  Time,
  tellDone,
  useMe,
  useUrlState,
} from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { createInvitation } from '../bounds.ts';
import { EmailField } from '../parts/fields.tsx';

const LIST = '/api/platform/auth/invitations';
const STATES = ['open', 'accepted', 'revoked', 'expired'] as const;
const ROLES = createInvitation.role.values;

export default function Invitations() {
  const { t } = useTranslation('auth');
  const queries = useQueryClient();
  const [state, setState] = useUrlState();
  const [leaving, setLeaving] = useState<readonly string[]>([]);
  const open = () => setState({ new: '1' });
  const readAgain = () => queries.invalidateQueries({ queryKey: ['get', LIST] });
  const revoke = (id: string) => api.DELETE('/api/platform/auth/invitations/{id}', { params: { path: { id } } });

  const withdraw = (id: string, email: string) => {
    setLeaving((ids) => [...ids, id]);
    const stays = () => setLeaving((ids) => ids.filter((other) => other !== id));
    const run = () => revoke(id).then(readAgain);
    doUnlessUndone(t('invitations.withdrawn', { email }), run, stays);
  };
  return (
    <Page
      title={t('invitations.title')}
      intro={t('invitations.intro')}
      actions={<Button onClick={open}>{t('invitations.new')}</Button>}
    >
      <DataTable
        list={LIST}
        label={t('invitations.title')}
        rowKey={({ id }) => id}
        live={['invitation.changed']}
        defaultSort="-created_at"
        filters={[
          {
            name: 'status',
            title: t('invitations.status'),
            choices: STATES.map((value) => ({ value, label: t(`invitations.${value}`) })),
          },
          { name: 'email', title: t('invitations.emailFilter'), kind: 'text' },
        ]}
        columns={[
          { id: 'email', title: t('users.email'), width: 2, cell: ({ email }) => email },
          { id: 'role', title: t('users.role'), cell: ({ role }) => t(`role.${role}`), onPhone: true },
          {
            id: 'status',
            title: t('invitations.status'),
            onPhone: true,
            cell: ({ id, status }) => {
              const now = status === 'open' && leaving.includes(id) ? 'revoked' : status;
              return <State value={now} text={t(`invitations.${now}`)} />;
            },
          },
          {
            id: 'expires',
            title: t('invitations.expires'),
            cell: ({ expires_at }) => <Time at={expires_at} style="ago" />,
          },
          {
            id: 'created',
            title: t('invitations.made'),
            sort: 'created_at',
            cell: ({ created_at }) => <Time at={created_at} style="ago" />,
          },
          {
            id: 'do',
            title: t('invitations.do'),
            align: 'end',
            onPhone: true,
            cell: ({ id, email, status }) =>
              status === 'open' &&
              !leaving.includes(id) && (
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={t('invitations.withdrawOf', { email })}
                  onClick={() => withdraw(id, email)}
                >
                  {t('invitations.withdraw')}
                </Button>
              ),
          },
        ]}
        bulk={[
          {
            id: 'withdraw',
            title: t('invitations.withdraw'),
            question: (count) => t('invitations.withdrawMany', { count }),
            run: async ({ id, status }) => (status === 'open' ? revoke(id) : undefined),
          },
        ]}
        empty={
          <EmptyState
            icon={<IconSend />}
            title={t('invitations.empty')}
            text={t('invitations.emptyText')}
            action={<Button onClick={open}>{t('invitations.new')}</Button>}
          />
        }
      />
      <Invite isOpen={state.new !== undefined} onClose={() => setState({ new: null })} onDone={readAgain} />
    </Page>
  );
}

function Invite({ isOpen, onClose, onDone }: { isOpen: boolean; onClose(): void; onDone(): Promise<void> }) {
  const { t } = useTranslation('auth');
  const { roles } = useMe();
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<(typeof ROLES)[number]>('member');
  const invite = async () => {
    await api.POST(LIST, { body: { email, role } });
    tellDone(t('invitations.sent', { email }));
    setEmail('');
    await onDone();
  };
  return (
    <FormModal
      title={t('invitations.new')}
      action={t('invitations.send')}
      isOpen={isOpen}
      onClose={onClose}
      onSubmit={invite}
    >
      {(error) => (
        <>
          <EmailField value={email} onChange={setEmail} error={error} />
          <Select
            label={t('users.role')}
            description={t('role.hint')}
            allowDeselect={false}
            data={ROLES.map((value) => ({
              value,
              label: t(`role.${value}`),
              disabled: value === 'owner' && !roles.includes('owner'),
            }))}
            value={role}
            onChange={(value) => setRole(ROLES.find((one) => one === value) ?? 'member')}
          />
        </>
      )}
    </FormModal>
  );
}
