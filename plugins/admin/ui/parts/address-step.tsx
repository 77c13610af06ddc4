/** The name under which this server is reached, and its certificate. */
import { Group, Stack, Text } from '@mantine/core';
import { Link, Loaded, State } from 'patchbay-platform/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { AddressForm } from './address-form.tsx';
import { STATES, useCertificates } from './certificates.ts';
import { StepCard } from './step-card.tsx';

export function AddressStep({ onNext }: { onNext(): void }) {
  const { t } = useTranslation('admin');
  return (
    <StepCard title={t('address.title')} next={t('firstSteps.domain.next')} onNext={onNext}>
      <CertificateStates without={<AddressForm />} />
    </StepCard>
  );
}

/** How the certificates of the configuration are; `without` where it names none. */
export function CertificateStates({ without }: { without: ReactNode }) {
  const { t } = useTranslation('admin');
  const certificates = useCertificates();
  return (
    <Loaded of={certificates} lines={2}>
      {({ items, is_tls }) =>
        is_tls ? (
          <Stack gap={4}>
            {items.map(({ source, id, names, state }) => (
              <Group key={`${source} ${id}`} gap="xs">
                <Text size="sm">{names.join(', ')}</Text>
                <State value={STATES[state]} text={t(`certificates.states.${state}`)} />
              </Group>
            ))}
            <Link to="/settings/certificates">{t('address.more')}</Link>
          </Stack>
        ) : (
          without
        )
      }
    </Loaded>
  );
}
