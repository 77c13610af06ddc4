/** Signing in without a password: passkey, a link by mail where this server can send one, providers. */
import { Alert, Button, Divider, Stack } from '@mantine/core';
import IconFingerprint from '@tabler/icons-react/dist/esm/icons/IconFingerprint.mjs';
import IconLogin2 from '@tabler/icons-react/dist/esm/icons/IconLogin2.mjs';
import IconMail from '@tabler/icons-react/dist/esm/icons/IconMail.mjs';
import { $api, api, Failure, Link, useCanSendMail } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useGoOn } from './go-on.ts';
import { usePasskey as askForPasskey, hasPasskeys, PasskeyRefused } from './passkey.ts';

interface OtherWaysProps {
  /** Where somebody wants to go. */
  to: string | undefined;
}

export function OtherWays({ to }: OtherWaysProps) {
  const { t } = useTranslation('auth');
  const goOn = useGoOn();
  const { data: ways } = $api.useQuery('get', '/api/platform/auth/ways');
  const canSend = useCanSendMail();
  const hasAny = hasPasskeys || canSend || (ways?.providers.length ?? 0) > 0;
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const signInByPasskey = async () => {
    setError(null);
    setBusy(true);
    try {
      const { data: options } = await api.POST('/api/platform/auth/passkeys/sign-in/options');
      const credential = await askForPasskey(options);
      await api.POST('/api/platform/auth/session/passkey', { body: { credential } });
      goOn();
    } catch (thrown) {
      setError(thrown);
      setBusy(false);
    }
  };
  return (
    <Stack gap="xs">
      {hasAny && <Divider label={t('signIn.or')} my={4} />}
      {hasPasskeys && (
        <Button
          variant="default"
          leftSection={<IconFingerprint size={18} />}
          loading={isBusy}
          onClick={() => void signInByPasskey()}
        >
          {t('signIn.passkey')}
        </Button>
      )}
      {canSend && (
        <Button
          component={Link}
          to={withPlace('/sign-in/link', to)}
          variant="default"
          leftSection={<IconMail size={18} />}
        >
          {t('signIn.link')}
        </Button>
      )}
      {ways?.providers.map(({ name, label }) => (
        <Button
          key={name}
          component="a"
          href={providerAddress(name, to)}
          variant="default"
          leftSection={<IconLogin2 size={18} />}
        >
          {t('signIn.provider', { label })}
        </Button>
      ))}
      {error instanceof PasskeyRefused ? (
        <Alert color="yellow" role="alert" title={t('passkey.refused')} />
      ) : (
        error !== null && <Failure error={error} />
      )}
    </Stack>
  );
}

export function withPlace(path: string, to: string | undefined): string {
  return to === undefined ? path : `${path}?to=${encodeURIComponent(to)}`;
}

const LONGEST_PAGE = 500;

/** The provider sends the browser back to the sign-in page, which knows where to go on, or what went wrong. */
function providerAddress(name: string, to: string | undefined): string {
  const query = to === undefined ? '' : `?${new URLSearchParams({ to }).toString().replaceAll('*', '%2A')}`;
  const page = `/sign-in${query}`.length > LONGEST_PAGE ? '/sign-in' : `/sign-in${query}`;
  return `/api/platform/auth/oidc/${encodeURIComponent(name)}/start?page=${encodeURIComponent(page)}`;
}
