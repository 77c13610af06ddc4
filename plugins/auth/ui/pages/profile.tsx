/** One's own profile, what is held about one, and leaving for good. */
import { Alert, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import {
  $api,
  api,
  Confirm,
  Facts,
  FormModal,
  issueOf,
  Loaded,
  Page,
  Panel,
  SettingsParts,
  Time,
  tellDone,
  tellFailed,
  tellSignedOut,
} from 'patchbay/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { nameOf } from '../parts/names.ts';

const PROFILE = '/api/platform/auth/profile';

interface Shown {
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

export default function Profile() {
  const { t } = useTranslation('auth');
  const profile = $api.useQuery('get', PROFILE);
  return (
    <Page title={t('profile.title')} intro={t('profile.intro')}>
      <Loaded of={profile}>
        {(shown) => (
          <Stack>
            <AboutMe profile={shown} />
            <SettingsParts of="profile" />
            <MyData />
            <Leaving name={shown.email ?? nameOf(shown)} />
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}

function AboutMe({ profile }: { profile: Shown }) {
  const { t } = useTranslation('auth');
  const queries = useQueryClient();
  const [isEditing, setEditing] = useState(false);
  const readAgain = () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: ['get', PROFILE] }),
      queries.invalidateQueries({ queryKey: ['me'] }),
    ]);
  const { email, pending_email, email_verified } = profile;
  const unconfirmed = pending_email ?? (email_verified ? null : email);
  const mailAgain = async (address: string) => {
    try {
      await api.PATCH(PROFILE, { body: { email: address } });
      tellDone(t('profile.mailed', { email: address }));
    } catch (error) {
      tellFailed(error);
    }
  };
  return (
    <Panel
      title={t('profile.about')}
      actions={
        <Button variant="default" size="xs" onClick={() => setEditing(true)}>
          {t('profile.edit')}
        </Button>
      }
    >
      <Facts
        of={[
          [t('users.name'), profile.full_name],
          [t('users.email'), email],
          [t('users.username'), profile.username],
          [t('users.role'), t(`role.${profile.role}`)],
          [t('users.created'), <Time key="created" at={profile.created_at} style="date" />],
        ]}
      />
      {unconfirmed && (
        <Alert color="yellow" title={t('profile.unconfirmed', { email: unconfirmed })}>
          <Stack gap="xs" align="flex-start">
            <Text size="sm">{t(pending_email ? 'profile.pendingText' : 'profile.unconfirmedText')}</Text>
            <Button size="xs" variant="default" onClick={() => void mailAgain(unconfirmed)}>
              {t('profile.mailAgain')}
            </Button>
          </Stack>
        </Alert>
      )}
      <ProfileForm profile={profile} isOpen={isEditing} onClose={() => setEditing(false)} onDone={readAgain} />
    </Panel>
  );
}

interface ProfileFormProps {
  profile: Shown;
  isOpen: boolean;
  onClose(): void;
  onDone(): Promise<unknown>;
}

function ProfileForm({ profile, isOpen, onClose, onDone }: ProfileFormProps) {
  const { t } = useTranslation('auth');
  const [changes, setChanges] = useState<{ full_name?: string; email?: string; username?: string }>({});
  const close = () => {
    setChanges({});
    onClose();
  };
  const save = async () => {
    const header = { 'If-Match': `"${profile.version}"` };
    if (Object.keys(changes).length > 0)
      await api.PATCH(PROFILE, { params: { header }, body: changes }).finally(onDone);
    tellDone(changes.email ? t('profile.mailed', { email: changes.email }) : t('profile.saved'));
  };
  return (
    <FormModal title={t('profile.edit')} action={t('shell:save')} isOpen={isOpen} onClose={close} onSubmit={save}>
      {(error) => (
        <>
          <TextInput
            label={t('users.name')}
            autoComplete="name"
            maxLength={200}
            data-autofocus
            value={changes.full_name ?? profile.full_name ?? ''}
            error={issueOf(error, 'full_name')}
            onChange={(event) => setChanges({ ...changes, full_name: event.currentTarget.value })}
          />
          <TextInput
            label={t('users.email')}
            description={t('profile.emailHint')}
            type="email"
            autoComplete="email"
            value={changes.email ?? profile.email ?? ''}
            error={issueOf(error, 'email')}
            onChange={(event) => setChanges({ ...changes, email: event.currentTarget.value })}
          />
          <TextInput
            label={t('users.username')}
            description={t('field.usernameRule')}
            autoComplete="nickname"
            value={changes.username ?? profile.username ?? ''}
            error={issueOf(error, 'username')}
            onChange={(event) => setChanges({ ...changes, username: event.currentTarget.value })}
          />
        </>
      )}
    </FormModal>
  );
}

function MyData() {
  const { t } = useTranslation('auth');
  return (
    <Panel title={t('data.title')}>
      <Text size="sm">{t('data.text')}</Text>
      <Group>
        <Button component="a" href="/api/platform/auth/export" download="personal-data.json" variant="default">
          {t('data.export')}
        </Button>
      </Group>
    </Panel>
  );
}

function Leaving({ name }: { name: string }) {
  const { t } = useTranslation('auth');
  const [isOpen, setOpen] = useState(false);
  const erase = async () => {
    await api.DELETE('/api/v2/users/me');
    tellSignedOut();
  };
  return (
    <Panel title={t('leaving.title')}>
      <Text size="sm">{t('leaving.text')}</Text>
      <Group>
        <Button color="red" variant="light" onClick={() => setOpen(true)}>
          {t('leaving.action')}
        </Button>
      </Group>
      <Confirm
        title={t('leaving.title')}
        name={name}
        action={t('leaving.action')}
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        onConfirm={erase}
      >
        {t('leaving.confirm')}
      </Confirm>
    </Panel>
  );
}
