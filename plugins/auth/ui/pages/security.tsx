/** What keeps one's account one's own: password, second factor, passkeys, and where one is signed in. */
import { Stack } from '@mantine/core';
import { Page } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { PasskeyPanel } from '../parts/passkey-panel.tsx';
import { PasswordPanel } from '../parts/password-panel.tsx';
import { SecondFactorPanel } from '../parts/second-factor-panel.tsx';
import { SessionPanel } from '../parts/session-panel.tsx';

export default function Security() {
  const { t } = useTranslation('auth');
  return (
    <Page title={t('security.title')} intro={t('security.intro')}>
      <Stack>
        <PasswordPanel />
        <SecondFactorPanel />
        <PasskeyPanel />
        <SessionPanel />
      </Stack>
    </Page>
  );
}
