/** What a customer's mailed link opens: the devices of their licences, of which they release those that are gone. */
import { Alert, Button, Group, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import {
  $api,
  ApiError,
  api,
  CannotSendMail,
  Confirm,
  EmptyState,
  Failure,
  Loaded,
  notifyDone,
  Page,
  Sentence,
  Time,
  useCanSendMail,
  useUrlState,
} from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { requestDeviceLink } from '../bounds.ts';

async function openLink(token: string, signal: AbortSignal) {
  const { data } = await api.POST('/api/licenses/my-devices', { body: { token }, signal });
  if (!data) throw new Error('The server gave no answer');
  return data.licenses;
}
type CustomerLicence = Awaited<ReturnType<typeof openLink>>[number];

export default function CustomerDevices() {
  const { t } = useTranslation('licensing');
  const [{ token = '' }] = useUrlState();
  const licences = useQuery({
    queryKey: ['my-devices', token],
    enabled: token !== '',
    retry: false,
    queryFn: ({ signal }) => openLink(token, signal),
  });
  const isOver = licences.error instanceof ApiError && licences.error.code === 'LINK_EXPIRED';
  return (
    <Page title={t('customer.title')} intro={t('customer.intro')}>
      {(token === '' || isOver) && <AskForLink isOver={isOver} />}
      {token !== '' && !isOver && (
        <Loaded of={licences} lines={4}>
          {(all) =>
            all.length === 0 ? (
              <EmptyState title={t('customer.none')} text={t('customer.noneText')} />
            ) : (
              <Stack>
                {all.map((licence) => (
                  <OneLicence
                    key={licence.license_id}
                    licence={licence}
                    token={token}
                    onReleased={() => void licences.refetch()}
                  />
                ))}
              </Stack>
            )
          }
        </Loaded>
      )}
    </Page>
  );
}

interface OneLicenceProps {
  licence: CustomerLicence;
  token: string;
  onReleased(): void;
}

function OneLicence({ licence, token, onReleased }: OneLicenceProps) {
  const { t } = useTranslation('licensing');
  const [asked, setAsked] = useState<CustomerLicence['devices'][number] | null>(null);
  const release = $api.useMutation('post', '/api/licenses/my-devices/release');
  const { license_id, devices, offline_files: files, device_cap, valid_until } = licence;
  const until = new Map(files.map(({ device_id, works_until }) => [device_id, works_until]));
  const left = files.filter(({ device_id }) => !devices.some((device) => device.device_id === device_id));
  return (
    <Paper component="section" aria-label={license_id} withBorder radius="md" p="md">
      <Stack gap="sm">
        <Group justify="space-between">
          <Title order={2} size="h4">
            {license_id}
          </Title>
          <Text size="sm" c="dimmed">
            {t('customer.places', { taken: devices.length + left.length, of: device_cap })}
          </Text>
        </Group>
        <Text size="sm" c="dimmed">
          {t(`plan.${licence.plan}`, { defaultValue: licence.plan })}
          {valid_until !== null && (
            <>
              {' · '}
              <Sentence text={t('customer.until')} parts={{ when: <Time at={valid_until} style="date" /> }} />
            </>
          )}
        </Text>
        {devices.length + left.length === 0 && <Text size="sm">{t('customer.noDevice')}</Text>}
        {devices.map((device) => (
          <Group key={device.device_id} justify="space-between" wrap="nowrap">
            <div>
              <Text size="sm" fw={500}>
                {device.device_name || device.device_id}
              </Text>
              <Text size="xs" c="dimmed">
                <Sentence text={t('customer.seen')} parts={{ when: <Time at={device.last_seen_at} style="ago" /> }} />
              </Text>
              {until.has(device.device_id) && <FileNote until={until.get(device.device_id)} />}
            </div>
            <Button
              variant="default"
              size="xs"
              onClick={() => setAsked(device)}
              aria-label={t('customer.releaseNamed', { name: device.device_name || device.device_id })}
            >
              {t('customer.release')}
            </Button>
          </Group>
        ))}
        {left.map(({ device_id, works_until }) => (
          <div key={device_id}>
            <Text size="sm">{device_id}</Text>
            <FileNote until={works_until} />
          </div>
        ))}
      </Stack>
      {asked && (
        <Confirm
          isOpen
          title={t('customer.releaseNamed', { name: asked.device_name || asked.device_id })}
          name={null}
          action={t('customer.release')}
          onClose={() => setAsked(null)}
          onConfirm={async () => {
            await release.mutateAsync({ body: { token, license_id, device_id: asked.device_id } });
            onReleased();
            notifyDone(t('customer.released'));
          }}
        >
          {t('customer.releaseText')}
        </Confirm>
      )}
    </Paper>
  );
}

/** An offline file cannot be taken back, so it keeps its place. */
function FileNote({ until }: { until: string | undefined }) {
  const { t } = useTranslation('licensing');
  return (
    <Text size="xs" c="dimmed">
      <Sentence text={t('customer.file')} parts={{ when: <Time at={until} style="date" /> }} />
    </Text>
  );
}

function AskForLink({ isOver }: { isOver: boolean }) {
  const { t } = useTranslation('licensing');
  const [email, setEmail] = useState('');
  const canSend = useCanSendMail();
  const ask = $api.useMutation('post', '/api/licenses/device-link');
  if (ask.isSuccess)
    return (
      <Alert color={canSend ? 'teal' : 'yellow'} title={t(canSend ? 'customer.sent' : 'customer.logged')} role="status">
        {t(canSend ? 'customer.sentText' : 'customer.loggedText')}
      </Alert>
    );
  return (
    <Paper withBorder radius="md" p="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          ask.mutate({ body: { email: email.trim() } });
        }}
      >
        <Stack>
          {isOver && (
            <Alert color="yellow" title={t('customer.over')}>
              {t('customer.overText')}
            </Alert>
          )}
          <CannotSendMail>{t('customer.noMail')}</CannotSendMail>
          <TextInput
            type="email"
            label={t('customer.email')}
            description={t(canSend ? 'customer.emailText' : 'customer.emailNoMail')}
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
            autoComplete="email"
            required
            {...requestDeviceLink.email}
          />
          {ask.error && <Failure error={ask.error} />}
          <Button type="submit" loading={ask.isPending}>
            {t(canSend ? 'customer.ask' : 'customer.askNoMail')}
          </Button>
        </Stack>
      </form>
    </Paper>
  );
}
