/** A page of AI: as long as the organisation has not agreed that its texts are given to models, it says so. */
import { Alert, Button, Group, Text } from '@mantine/core';
import IconShieldLock from '@tabler/icons-react/dist/esm/icons/IconShieldLock.mjs';
import { useQueryClient } from '@tanstack/react-query';
import { $api, api, Link, Page, type PageProps, tellDone, tellFailed, useMay } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

const SETTINGS = '/api/platform/auth/settings';

export function AiPage({ children, ...page }: PageProps) {
  return (
    <Page {...page}>
      <Consent />
      {children}
    </Page>
  );
}

function Consent() {
  const { t } = useTranslation('ai-replies');
  const queries = useQueryClient();
  const mayAllow = useMay()('auth.organisation');
  const [isBusy, setBusy] = useState(false);
  const settings = $api.useQuery('get', SETTINGS);
  if (!settings.data || settings.data.settings.ai_consent_enabled === true) return null;
  const put = async (isAllowed: boolean) => {
    setBusy(true);
    try {
      await api.PATCH(SETTINGS, { body: { settings: { ai_consent_enabled: isAllowed } } });
      if (isAllowed) tellDone(t('consent.given'), () => put(false));
    } catch (error) {
      tellFailed(error);
    } finally {
      setBusy(false);
      await queries.invalidateQueries({ queryKey: ['get', SETTINGS] });
    }
  };
  return (
    <Alert color="yellow" icon={<IconShieldLock />} title={t('consent.off')}>
      <Text size="sm">{t(mayAllow ? 'consent.offText' : 'consent.askText')}</Text>
      {mayAllow && (
        <Group gap="xs" mt="sm">
          <Button size="xs" loading={isBusy} onClick={() => void put(true)}>
            {t('consent.allow')}
          </Button>
          <Button component={Link} to="/organisation" size="xs" variant="default">
            {t('consent.settings')}
          </Button>
        </Group>
      )}
    </Alert>
  );
}
