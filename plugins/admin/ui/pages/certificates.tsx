/** Certificates of the web and mail ports: until when they count, and what to write where there are none. */
import { Code, Text } from '@mantine/core';
import { Loaded, Page, Panel } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { AddressForm } from '../parts/address-form.tsx';
import { CertificatePanel } from '../parts/certificate-panel.tsx';
import { useCertificates } from '../parts/certificates.ts';

export default function CertificatesPage() {
  const { t } = useTranslation('admin');
  const certificates = useCertificates();
  return (
    <Page title={t('certificates.title')} intro={t('certificates.intro')}>
      <Loaded of={certificates}>
        {({ items, is_tls, directory, is_renewing }) => (
          <>
            {items.map((one) => (
              <CertificatePanel key={`${one.source} ${one.id}`} certificate={one} isRenewing={is_renewing} />
            ))}
            {directory !== null && (
              <Text size="sm" c="dimmed">
                {t('certificates.authority')} <Code>{directory}</Code>
              </Text>
            )}
            {!is_tls && (
              <Panel title={t('certificates.off')}>
                <Text size="sm">{t('certificates.offText')}</Text>
                <AddressForm />
              </Panel>
            )}
          </>
        )}
      </Loaded>
    </Page>
  );
}
