/** Invites somebody into one's tenant: the form, and who gets the link that comes of it. */
import { Select } from '@mantine/core';
import { api, FormModal, notifyDone, useCanSendMail, useMe } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { createInvitation } from '../bounds.ts';
import { EmailField } from './fields.tsx';
import type { MadeLink } from './invitation-link.tsx';

export const INVITATIONS = '/api/platform/auth/invitations';
const ROLES = createInvitation.role.values;

interface InviteProps {
  isOpen: boolean;
  onClose(): void;
  onDone(made: MadeLink): Promise<void>;
}

export function Invite({ isOpen, onClose, onDone }: InviteProps) {
  const { t } = useTranslation('auth');
  const canSend = useCanSendMail();
  const { roles } = useMe();
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<(typeof ROLES)[number]>('member');
  const invite = async () => {
    const { data } = await api.POST(INVITATIONS, { body: { email, role } });
    if (!data) return;
    notifyDone(t('invitations.sent', { email }));
    setEmail('');
    await onDone({ email: data.email, link: data.link, isAnother: false });
  };
  return (
    <FormModal
      title={t('invitations.new')}
      action={t(canSend ? 'invitations.send' : 'invitations.make')}
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
