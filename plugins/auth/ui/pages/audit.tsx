/** The audit log, with a check of its chain for operators. */
import { Alert, Button } from '@mantine/core';
import { $api, EmptyState, Failure, Page, useFormats, useMe } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { AuditTable } from '../parts/audit-table.tsx';

export default function Audit() {
  const { t } = useTranslation('auth');
  const { is_superadmin } = useMe();
  const check = $api.useQuery('get', '/api/platform/audit/verify', {}, { enabled: false, gcTime: 0 });
  return (
    <Page
      title={t('audit.title')}
      intro={t(is_superadmin ? 'audit.introAll' : 'audit.intro')}
      actions={
        is_superadmin && (
          <Button variant="default" loading={check.isFetching} onClick={() => void check.refetch()}>
            {t('audit.check')}
          </Button>
        )
      }
    >
      {check.error ? <Failure error={check.error} /> : check.data && <Checked {...check.data} />}
      <AuditTable empty={<EmptyState title={t('audit.empty')} />} />
    </Page>
  );
}

interface CheckedProps {
  ok: boolean;
  entries: number;
  first_broken: number | null;
  problem: string | null;
}

function Checked({ ok, entries, first_broken, problem }: CheckedProps) {
  const { t } = useTranslation('auth');
  const { number } = useFormats();
  return (
    <Alert color={ok ? 'teal' : 'red'} role="status" title={t(ok ? 'audit.whole' : 'audit.broken')}>
      {ok
        ? t('audit.wholeText', { count: entries, shown: number(entries) })
        : t('audit.brokenText', { id: first_broken ?? '–', problem: problem ?? '' })}
    </Alert>
  );
}
