/** The page of a mailed link to a decision, for strangers too. It changes nothing before a button is pressed. */
import { $api, EmptyState, Loaded, Page, useUrlState } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Asked, Decision } from '../parts/decision.tsx';

export default function Approve() {
  const { t } = useTranslation('workflows');
  const [{ token = '' }] = useUrlState();
  if (token === '')
    return (
      <Page title={t('approve.title')}>
        <EmptyState title={t('approve.noToken')} text={t('approve.noTokenText')} />
      </Page>
    );
  return <Linked token={token} />;
}

function Linked({ token }: { token: string }) {
  const { t } = useTranslation('workflows');
  const [decided, setDecided] = useState<Asked | null>(null);
  // What was decided is not read again: once the execution has gone on, its links are no longer good.
  const options = { retry: false, enabled: decided === null };
  const query = $api.useQuery('get', '/api/platform/approvals', { params: { query: { token } } }, options);
  return (
    <Page title={query.data?.title ?? t('approve.title')}>
      <Loaded of={query} lines={3}>
        {(asked) => <Decision asked={decided ?? asked} token={token} onDecided={setDecided} />}
      </Loaded>
    </Page>
  );
}
