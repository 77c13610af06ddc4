/** One's own profile, what is held about one, and leaving for good. */
import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import {
  $api,
  announceSignedOut,
  api,
  Confirm,
  Facts,
  Loaded,
  notifyDone,
  notifyFailed,
  Page,
  Panel,
  SettingsParts,
  Time,
  useCanSendMail,
} from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { nameOf } from '../parts/names.ts';
import { PROFILE, type Profile, ProfileForm } from '../parts/profile-form.tsx';

export default function ProfilePage() {
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

function AboutMe({ profile }: { profile: Profile }) {
  const { t } = useTranslation('auth');
  const queries = useQueryClient();
  const [isEditing, setEditing] = useState(false);
  const readAgain = () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: ['get', PROFILE] }),
      queries.invalidateQueries({ queryKey: ['me'] }),
    ]);
  const canSend = useCanSendMail();
  const text = profile.pending_email ? 'profile.pendingText' : 'profile.unconfirmedText';
  const { email, pending_email, email_verified } = profile;
  const unconfirmed = pending_email ?? (email_verified ? null : email);
  const mailAgain = async (address: string) => {
    try {
      await api.PATCH(PROFILE, { body: { email: address } });
      notifyDone(t(canSend ? 'profile.mailed' : 'profile.logged', { email: address }));
    } catch (error) {
      notifyFailed(error);
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
            <Text size="sm">{t(canSend ? text : 'profile.noMail')}</Text>
            <Button size="xs" variant="default" onClick={() => void mailAgain(unconfirmed)}>
              {t(canSend ? 'profile.mailAgain' : 'profile.logAgain')}
            </Button>
          </Stack>
        </Alert>
      )}
      {isEditing && <ProfileForm profile={profile} onClose={() => setEditing(false)} readAgain={readAgain} />}
    </Panel>
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
    announceSignedOut();
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
