/** Invitations into one's tenant: made, given by hand or by mail, listed, withdrawn. */
import { Button, Group } from '@mantine/core';
import IconSend from '@tabler/icons-react/dist/esm/icons/IconSend.mjs';
import { useQueryClient } from '@tanstack/react-query';
import {
  api,
  CannotSendMail,
  DataTable,
  doUnlessUndone,
  EmptyState,
  notifyDone,
  notifyFailed,
  Page,
  State,
  Time,
  useCanSendMail,
  useUrlState,
} from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { InvitationLink, type MadeLink } from '../parts/invitation-link.tsx';
import { Invite, INVITATIONS as LIST } from '../parts/invite.tsx';

const STATES = ['open', 'accepted', 'revoked', 'expired'] as const;

export default function Invitations() {
  const { t } = useTranslation('auth');
  const queries = useQueryClient();
  const [state, setState] = useUrlState();
  const [leaving, setLeaving] = useState<readonly string[]>([]);
  const [made, setMade] = useState<MadeLink | null>(null);
  const canSend = useCanSendMail();
  const open = () => setState({ new: '1' });
  const readAgain = () => queries.invalidateQueries({ queryKey: ['get', LIST] });
  const revoke = (id: string) => api.DELETE('/api/platform/auth/invitations/{id}', { params: { path: { id } } });

  const withdraw = (id: string, email: string) => {
    setLeaving((ids) => [...ids, id]);
    const stays = () => setLeaving((ids) => ids.filter((other) => other !== id));
    const run = () => revoke(id).then(readAgain);
    doUnlessUndone(t('invitations.withdrawn', { email }), run, stays);
  };
  const again = async (work: () => Promise<unknown>) => {
    try {
      await work();
      await readAgain();
    } catch (error) {
      notifyFailed(error);
    }
  };
  const copyLink = (id: string) =>
    again(async () => {
      const { data } = await api.POST('/api/platform/auth/invitations/{id}/link', { params: { path: { id } } });
      if (data) setMade({ email: data.email, link: data.link, isAnother: true });
    });
  const sendAgain = (id: string, email: string) =>
    again(async () => {
      await api.POST('/api/platform/auth/invitations/{id}/send', { params: { path: { id } } });
      notifyDone(t('invitations.sentAgain', { email }));
    });
  return (
    <Page
      title={t('invitations.title')}
      intro={t('invitations.intro')}
      actions={<Button onClick={open}>{t('invitations.new')}</Button>}
    >
      <CannotSendMail>{t('invitations.noMail')}</CannotSendMail>
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
            width: 1.2,
            cell: ({ expires_at }) => <Time at={expires_at} style="ago" />,
          },
          {
            id: 'created',
            title: t('invitations.made'),
            width: 1.2,
            sort: 'created_at',
            cell: ({ created_at }) => <Time at={created_at} style="ago" />,
          },
          {
            id: 'do',
            title: t('invitations.do'),
            align: 'end',
            onPhone: true,
            width: 2.6,
            cell: ({ id, email, status }) =>
              (status === 'open' || status === 'expired') &&
              !leaving.includes(id) && (
                <Group gap={4} justify="flex-end">
                  <Button
                    size="compact-sm"
                    variant="default"
                    aria-label={t('invitations.newLinkFor', { email })}
                    onClick={() => void copyLink(id)}
                  >
                    {t('invitations.newLink')}
                  </Button>
                  {canSend && (
                    <Button
                      size="compact-sm"
                      variant="default"
                      aria-label={t('invitations.sendAgainTo', { email })}
                      onClick={() => void sendAgain(id, email)}
                    >
                      {t('invitations.sendAgain')}
                    </Button>
                  )}
                  {status === 'open' && (
                    <Button
                      size="compact-sm"
                      variant="default"
                      aria-label={t('invitations.withdrawOf', { email })}
                      onClick={() => withdraw(id, email)}
                    >
                      {t('invitations.withdraw')}
                    </Button>
                  )}
                </Group>
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
            text={t(canSend ? 'invitations.emptyText' : 'invitations.emptyNoMail')}
            action={<Button onClick={open}>{t('invitations.new')}</Button>}
          />
        }
      />
      <Invite
        isOpen={state.new !== undefined}
        onClose={() => setState({ new: null })}
        onDone={(link) => {
          setMade(link);
          return readAgain();
        }}
      />
      <InvitationLink made={made} onClose={() => setMade(null)} />
    </Page>
  );
}
