/** Changes what one says about oneself; another address counts when it is confirmed. */
import { TextInput } from '@mantine/core';
import { api, FormModal, issueOf, notifyDone, useCanSendMail, useVersionedForm } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { changeAuthProfile } from '../bounds.ts';

export const PROFILE = '/api/platform/auth/profile';

export interface Profile {
  id: string;
  version: string;
  full_name: string | null;
  username: string | null;
  email: string | null;
  pending_email: string | null;
  email_verified: boolean;
  role: string;
  created_at: string;
}

interface ProfileFormProps {
  profile: Profile;
  onClose(): void;
  readAgain(): Promise<unknown>;
}

export function ProfileForm({ profile, onClose, readAgain }: ProfileFormProps) {
  const { t } = useTranslation('auth');
  const canSend = useCanSendMail();
  const [changes, setChanges] = useState<{ full_name?: string; email?: string; username?: string }>({});
  const versioned = useVersionedForm(profile, {
    read: async () => (await api.GET(PROFILE)).data,
    refresh: readAgain,
    labels: { full_name: t('users.name'), email: t('users.email'), username: t('users.username') },
  });
  const save = async () => {
    await versioned.save(changes, (header, body) => api.PATCH(PROFILE, { params: { header }, body }));
    await readAgain();
    const mailed = canSend ? 'profile.mailed' : 'profile.logged';
    notifyDone(changes.email ? t(mailed, { email: changes.email }) : t('profile.saved'));
  };
  return (
    <FormModal
      title={t('profile.edit')}
      action={t('shell:save')}
      isOpen
      onClose={onClose}
      onSubmit={save}
      versioned={versioned}
    >
      {(error) => (
        <>
          <TextInput
            label={t('users.name')}
            autoComplete="name"
            {...changeAuthProfile.full_name}
            data-autofocus
            value={changes.full_name ?? profile.full_name ?? ''}
            error={issueOf(error, 'full_name')}
            onChange={(event) => setChanges({ ...changes, full_name: event.currentTarget.value })}
          />
          <TextInput
            label={t('users.email')}
            description={t(canSend ? 'profile.emailHint' : 'profile.emailNoMail')}
            type="email"
            autoComplete="email"
            value={changes.email ?? profile.email ?? ''}
            error={issueOf(error, 'email', ['email_taken'])}
            onChange={(event) => setChanges({ ...changes, email: event.currentTarget.value })}
          />
          <TextInput
            label={t('users.username')}
            description={t('field.usernameRule')}
            autoComplete="nickname"
            value={changes.username ?? profile.username ?? ''}
            error={issueOf(error, 'username', ['username_taken'])}
            onChange={(event) => setChanges({ ...changes, username: event.currentTarget.value })}
          />
        </>
      )}
    </FormModal>
  );
}
