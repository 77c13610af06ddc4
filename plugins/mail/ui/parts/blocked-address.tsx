/** That the server does not call the address of a webhook, and where a super-admin allows it. */
import { Alert, Anchor } from '@mantine/core';
import { Link, Sentence, useMe } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';

export function BlockedAddress({ url }: { url: string }) {
  const { t } = useTranslation('mail');
  const mayAllow = useMe().user?.is_superadmin === true;
  const { hostname, host } = new URL(url);
  // Of IPv6 the whole address is allowed: its port would be read as a part of it.
  const address = hostname.startsWith('[') ? hostname.slice(1, -1) : host;
  const page = (
    <Anchor key="page" component={Link} to={`/settings/server/outgoing?allow=${encodeURIComponent(address)}`} size="sm">
      {t('webhooks.outgoing')}
    </Anchor>
  );
  return (
    <Alert color="red" title={t('webhooks.blocked')}>
      <Sentence
        text={t(mayAllow ? 'webhooks.allow' : 'webhooks.askForIt', { host: hostname })}
        parts={{ page: mayAllow ? page : t('webhooks.outgoing') }}
      />
    </Alert>
  );
}
