/** One licence: what it is, where it is used, what happened to it, and what can be done with it. */

import { Anchor, Group, Text } from '@mantine/core';
import {
  $api,
  CodeView,
  CopyButton,
  Facts,
  Loaded,
  Page,
  Panel,
  State,
  Time,
  TryItPanel,
  useLiveRefresh,
  useParam,
  useRows,
} from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { LICENCE, LICENCES } from '../parts/choices.ts';
import { DevicesPanel } from '../parts/devices-panel.tsx';
import { FailedMail } from '../parts/failed-mail.tsx';
import { FilesPanel } from '../parts/files-panel.tsx';
import { HistoryPanel } from '../parts/history-panel.tsx';
import { LeasesPanel } from '../parts/leases-panel.tsx';
import { LicenceActions } from '../parts/licence-actions.tsx';
import { licenceCalls } from '../parts/licensing-calls.ts';
import type { ShownLicence } from '../parts/shown-licence.ts';
import { useMayManage } from '../parts/use-may-manage.ts';

/** On which a customer gives places free without an account. */
const CUSTOMER_PAGE = '/licences/devices';

export default function Licence() {
  const { t } = useTranslation('licensing');
  const id = useParam('id');
  const mayManage = useMayManage();
  const licence = $api.useQuery('get', LICENCE, { params: { path: { id } } });
  useLiveRefresh(['licence.*'], () => licence.refetch());
  return (
    <Page
      title={id}
      intro={licence.data?.email}
      trail={[{ title: t('licences.title'), to: '/sales/licences' }]}
      actions={licence.data && mayManage && <LicenceActions licence={licence.data} />}
    >
      <Loaded of={licence}>
        {(data) => (
          <>
            <FailedMail licence={data} />
            <LicenceFacts licence={data} />
            <DevicesPanel licence={data} />
            {data.floating && <LeasesPanel id={id} />}
            <FilesPanel licence={data} />
            <FromProgram id={data.license_id} />
            <HistoryPanel id={id} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

/** Whose licence it is the list says. */
function FromProgram({ id }: { id: string }) {
  const { t } = useTranslation('licensing');
  const { data = [] } = useRows(LICENCES, { query: { search: id }, limit: 1 });
  const [licence] = data;
  return licence ? <TryItPanel calls={licenceCalls(t, licence)} /> : null;
}

function LicenceFacts({ licence }: { licence: ShownLicence }) {
  const { t } = useTranslation('licensing');
  const { status, plan, valid_until, product_name, activation_code, active_devices, device_limit, max_version } =
    licence;
  return (
    <Panel title={t('licence.facts')}>
      <Facts
        of={[
          [
            t('licences.status'),
            <State key="status" value={status} text={t(`status.${status}`, { defaultValue: status })} />,
          ],
          [
            t('licence.code'),
            <Group key="code" gap={4} wrap="nowrap">
              <Text component="span" ff="monospace" fw={600}>
                {activation_code}
              </Text>
              <CopyButton value={activation_code} label={t('licence.copyCode')} />
            </Group>,
          ],
          [t('licences.email'), licence.email],
          [t('licences.product'), product_name ?? t('licences.noProduct')],
          [t('licences.plan'), licence.trial ? t('plan.trial') : t(`plan.${plan}`, { defaultValue: plan })],
          [t('licences.until'), valid_until === null ? t('licences.forEver') : <Time key="until" at={valid_until} />],
          [t('licences.places'), t('licence.placesTaken', { taken: active_devices, of: device_limit })],
          licence.floating && [t('licences.floating'), t('yes')],
          [t('licences.maxVersion'), max_version ?? t('licences.everyVersion')],
          licence.user_hint !== '' && [t('licences.hint'), licence.user_hint],
          [
            t('licence.customerPage'),
            <Group key="customer" gap={4} wrap="nowrap">
              <Anchor href={CUSTOMER_PAGE} target="_blank" size="sm">
                {CUSTOMER_PAGE}
              </Anchor>
              <CopyButton value={`${location.origin}${CUSTOMER_PAGE}`} label={t('licence.copyCustomerPage')} />
            </Group>,
          ],
          [t('licence.issued'), <Time key="issued" at={licence.issued_at} />],
        ]}
      />
      {Object.keys(licence.entitlements).length > 0 && (
        <>
          <Text size="sm" c="dimmed">
            {t('entitlements.label')}
          </Text>
          <CodeView
            label={t('entitlements.label')}
            value={JSON.stringify(licence.entitlements, null, 2)}
            language="json"
          />
        </>
      )}
    </Panel>
  );
}
