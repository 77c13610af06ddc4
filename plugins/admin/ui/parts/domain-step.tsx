/** The domain for mail: for a try-out the one that is there will do; for the world, a name of one's own with its DNS records. */
import { Accordion, Alert, Code, Group, Stack, Table, Text } from '@mantine/core';
import { $api, CopyButton, Loaded, State } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { AddressForm } from './address-form.tsx';
import { CertificateStates } from './address-step.tsx';
import { OwnDomainForm } from './own-domain-form.tsx';
import { StepCard } from './step-card.tsx';

export function DomainStep({ onNext }: { onNext(): void }) {
  const { t } = useTranslation('admin');
  const receiving = $api.useQuery('get', '/api/platform/mail/receiving');
  const [opened, setOpened] = useState<string | null>(null);
  return (
    <Loaded of={receiving}>
      {({ domain, is_tryout, host }) => (
        <StepCard
          title={t('firstSteps.domain.title', { domain })}
          next={t(is_tryout ? 'firstSteps.domain.tryOut' : 'firstSteps.domain.next', { domain })}
          onNext={onNext}
        >
          <Text size="sm">
            {t(is_tryout ? 'firstSteps.domain.tryOutText' : 'firstSteps.domain.ownText', { domain })}
          </Text>
          {is_tryout && <CertificateStates without={null} />}
          {is_tryout && (
            <Accordion variant="separated" order={3} value={opened} onChange={setOpened}>
              <Accordion.Item value="own">
                <Accordion.Control>{t('firstSteps.domain.own')}</Accordion.Control>
                <Accordion.Panel>
                  <Stack gap="xs">
                    <OwnDomainForm />
                    <Text size="sm">{t('firstSteps.domain.config')}</Text>
                    {opened !== null && <AddressForm />}
                    <Text size="sm">{t('firstSteps.domain.then')}</Text>
                  </Stack>
                </Accordion.Panel>
              </Accordion.Item>
            </Accordion>
          )}
          {!is_tryout && (
            <>
              <Records domain={domain} host={host} />
              <Text size="sm">{t('address.title')}</Text>
              <CertificateStates without={<AddressForm />} />
            </>
          )}
        </StepCard>
      )}
    </Loaded>
  );
}

function Records({ domain, host }: { domain: string; host: string }) {
  const { t } = useTranslation('admin');
  const records = $api.useQuery('get', '/api/platform/mail/domains/{domain}/records', {
    params: { path: { domain }, query: { host } },
  });
  return (
    <Stack gap="xs">
      <Alert>{t('firstSteps.domain.records')}</Alert>
      <Loaded of={records}>
        {({ items }) => (
          <Table.ScrollContainer minWidth={520}>
            <Table aria-label={t('firstSteps.domain.recordsLabel')} verticalSpacing="xs">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{t('firstSteps.domain.name')}</Table.Th>
                  <Table.Th>{t('firstSteps.domain.type')}</Table.Th>
                  <Table.Th>{t('firstSteps.domain.value')}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {items.map(({ purpose, name, type, value, state }) => (
                  <Table.Tr key={purpose}>
                    <Table.Td>
                      <Code>{name}</Code>
                    </Table.Td>
                    <Table.Td>
                      {type} {state === 'ok' && <State value="ok" text={t('firstSteps.domain.published')} />}
                    </Table.Td>
                    <Table.Td>
                      <Group gap={4} wrap="nowrap">
                        <Code style={{ overflowWrap: 'anywhere' }}>{value}</Code>
                        <CopyButton value={value} label={t('firstSteps.domain.copy', { purpose })} />
                      </Group>
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )}
      </Loaded>
    </Stack>
  );
}
