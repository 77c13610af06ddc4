/** One's password: set or changed; all other sessions end. */
import { Button, Group, PasswordInput, Text } from '@mantine/core';
import { announceSignedIn, api, FormModal, issueOf, notifyDone, Panel, useMe } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { NewPasswordField } from './fields.tsx';

export function PasswordPanel() {
  const { t } = useTranslation('auth');
  const hasPassword = useMe().user?.has_password === true;
  const [isOpen, setOpen] = useState(false);
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const change = async () => {
    const body = { new_password: password, ...(current !== '' && { current_password: current }) };
    await api.POST('/api/platform/auth/session/password', { body });
    setCurrent('');
    setPassword('');
    announceSignedIn();
    notifyDone(t('password.done'));
  };
  const title = t(hasPassword ? 'password.change' : 'password.set');
  return (
    <Panel title={t('password.title')}>
      <Text size="sm">{t(hasPassword ? 'password.text' : 'password.none')}</Text>
      <Group>
        <Button variant="default" onClick={() => setOpen(true)}>
          {title}
        </Button>
      </Group>
      <FormModal
        title={title}
        action={t('password.save')}
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        onSubmit={change}
      >
        {(error) => (
          <>
            {hasPassword && (
              <PasswordInput
                label={t('password.current')}
                description={t('password.currentHint')}
                autoComplete="current-password"
                data-autofocus
                value={current}
                error={issueOf(error, 'current_password', ['current_password_required'])}
                onChange={(event) => setCurrent(event.currentTarget.value)}
              />
            )}
            <NewPasswordField value={password} onChange={setPassword} error={error} />
          </>
        )}
      </FormModal>
    </Panel>
  );
}
