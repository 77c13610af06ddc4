/**
 * A page of AI: as long as the organisation has not agreed that its texts are given to models, it says so, until somebody has
 * put that aside in this tab.
 */
import { Alert, Anchor, Box, Button, Group, List, Text } from '@mantine/core';
import IconShieldLock from '@tabler/icons-react/dist/esm/icons/IconShieldLock.mjs';
import { useQueryClient } from '@tanstack/react-query';
import {
  $api,
  api,
  Link,
  notifyDone,
  notifyFailed,
  Page,
  type PageProps,
  store,
  useMay,
  useStore,
} from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

export const SETTINGS = '/api/platform/auth/settings';
const AUTOPILOT = '/api/platform/ai/autopilot';
const MOST_NAMES = 10;
const ASIDE = 'patchbay.aiConsentAside';
const isAside = store(sessionStorage.getItem(ASIDE) !== null);

export function AiPage({ children, ...page }: PageProps) {
  return (
    <Page {...page}>
      <Consent />
      {children}
    </Page>
  );
}

/** What stands on each page of AI until it is allowed. */
export function Consent() {
  const { t } = useTranslation('ai-replies');
  const queries = useQueryClient();
  const mayAllow = useMay()('ai-replies.consent');
  const [isBusy, setBusy] = useState(false);
  const settings = $api.useQuery('get', SETTINGS);
  const isHidden = useStore(isAside);
  if (isHidden || !settings.data || settings.data.settings.ai_consent_enabled === true) return null;
  const put = async (isAllowed: boolean) => {
    setBusy(true);
    try {
      await api.PATCH(SETTINGS, { body: { settings: { ai_consent_enabled: isAllowed } } });
      if (isAllowed) notifyDone(t('consent.given'), () => put(false));
    } catch (error) {
      notifyFailed(error);
    } finally {
      setBusy(false);
      await queries.invalidateQueries({ queryKey: ['get', SETTINGS] });
    }
  };
  return (
    <Alert
      color="yellow"
      icon={<IconShieldLock />}
      title={
        <Group justify="space-between" gap="xs" wrap="nowrap">
          {t('consent.off')}
          {mayAllow && (
            <Button
              component={Link}
              to="/settings/ai/consent"
              size="compact-sm"
              variant="default"
              flex="none"
              hiddenFrom="sm"
            >
              {t('consent.settings')}
            </Button>
          )}
        </Group>
      }
      styles={{ label: { flex: 1 } }}
      withCloseButton
      closeButtonLabel={t('consent.aside')}
      onClose={() => {
        sessionStorage.setItem(ASIDE, '1');
        isAside.set(true);
      }}
    >
      {/* A telephone has a line for it: its settings say the rest. */}
      <Box visibleFrom="sm">
        <Text size="sm">{t(mayAllow ? 'consent.offText' : 'consent.askText')}</Text>
        {mayAllow && <Speakers />}
        {mayAllow && (
          <Group gap="xs" mt="sm">
            <Button size="xs" loading={isBusy} onClick={() => void put(true)}>
              {t('consent.allow')}
            </Button>
            <Button component={Link} to="/settings/ai/consent" size="xs" variant="default">
              {t('consent.settings')}
            </Button>
          </Group>
        )}
      </Box>
    </Alert>
  );
}

/** Who would speak without a person as soon as AI is allowed: nobody is surprised by a robot. */
export function Speakers() {
  const { t } = useTranslation('ai-replies');
  const { data } = $api.useQuery('get', AUTOPILOT);
  if (!data) return null;
  const { robots } = data;
  if (robots.length === 0) {
    return (
      <Text size="sm" mt="xs">
        {t('consent.noSpeakers')}
      </Text>
    );
  }
  return (
    <>
      <Text size="sm" mt="xs" fw={600}>
        {t('consent.speakers', { count: robots.length })}
      </Text>
      <List size="sm">
        {robots.slice(0, MOST_NAMES).map(({ robot_id, name }) => (
          <List.Item key={robot_id}>
            <Anchor component={Link} to={`/assistants/${robot_id}?tab=rules`}>
              {name}
            </Anchor>
          </List.Item>
        ))}
        {robots.length > MOST_NAMES && (
          <List.Item>{t('consent.moreSpeakers', { count: robots.length - MOST_NAMES })}</List.Item>
        )}
      </List>
    </>
  );
}
