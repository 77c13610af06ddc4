/** Asks under which name this server is to be reached: it then listens where browsers look, and gets a certificate for that name. */
import { Anchor, Button, Checkbox, Group, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { $api, Loaded, NotSaved, notifyDone } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Findings } from './findings.tsx';
import { RestartNeeded } from './restart-needed.tsx';

const AREA = 'general';
const NAME = /^([a-z\d]([a-z\d-]*[a-z\d])?\.)+[a-z][a-z\d-]*$/i;
const EMAIL = /^[\w.+-]+@[\w.-]+$/;
const TERMS = 'https://letsencrypt.org/repository/';

interface Written {
  name: string;
  email: string;
  agrees: boolean;
}

/** While what was saved waits for a restart, that is offered in its place. */
export function AddressForm() {
  const overview = $api.useQuery('get', '/api/platform/server/settings');
  return (
    <Loaded of={overview} lines={3}>
      {({ can_restart, moves_to }) =>
        moves_to === null ? <NewAddress /> : <RestartNeeded canRestart={can_restart} movesTo={moves_to} />
      }
    </Loaded>
  );
}

function NewAddress() {
  const { t } = useTranslation('admin');
  const queries = useQueryClient();
  const params = { path: { area: AREA } };
  const area = $api.useQuery('get', '/api/platform/server/settings/{area}', { params });
  const test = $api.useMutation('post', '/api/platform/server/settings/{area}/test');
  const change = $api.useMutation('patch', '/api/platform/server/settings/{area}');
  const [written, setWritten] = useState<Written>({ name: '', email: '', agrees: false });
  const isWrong = (text: string, pattern: RegExp): boolean => text !== '' && !pattern.test(text);
  const isReady = NAME.test(written.name) && EMAIL.test(written.email) && written.agrees;
  // What the file or the environment names stays as it is: a container is reached on other ports than it listens on.
  const locked = new Set(area.data?.settings.filter(({ is_locked }) => is_locked).map(({ name }) => name));
  const body = { values: valuesOf(written, locked), reset: locked.has('http.publicUrl') ? [] : ['http.publicUrl'] };
  const save = async () => {
    try {
      await change.mutateAsync({ params, body });
      await queries.invalidateQueries();
      notifyDone(t('serverSettings.saved'));
    } catch {
      // Shown below, by the mutation's error.
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Stack gap="xs">
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <TextInput
            label={t('address.name')}
            description={t('address.nameText')}
            placeholder="patchbay.your-company.com"
            error={isWrong(written.name, NAME) && t('address.wrongName')}
            value={written.name}
            onChange={(event) => setWritten({ ...written, name: event.currentTarget.value.trim() })}
          />
          <TextInput
            label={t('address.email')}
            description={t('address.emailText')}
            placeholder="you@your-company.com"
            error={isWrong(written.email, EMAIL) && t('address.wrongEmail')}
            value={written.email}
            onChange={(event) => setWritten({ ...written, email: event.currentTarget.value.trim() })}
          />
        </SimpleGrid>
        <Group gap={6}>
          <Checkbox
            label={t('address.agree')}
            checked={written.agrees}
            onChange={(event) => setWritten({ ...written, agrees: event.currentTarget.checked })}
          />
          <Anchor href={TERMS} target="_blank" rel="noreferrer" size="sm">
            {t('address.terms')}
          </Anchor>
        </Group>
        <Text size="sm" c="dimmed">
          {t('address.ports')}
        </Text>
        <Group>
          <Button type="submit" loading={change.isPending} disabled={!isReady}>
            {t('address.save')}
          </Button>
          <Button
            variant="default"
            loading={test.isPending}
            disabled={!isReady}
            onClick={() => test.mutate({ params, body: { ...body, target: '' } })}
          >
            {t('address.check')}
          </Button>
        </Group>
        <Findings found={test.data?.findings ?? []} error={test.error} />
        {change.error && <NotSaved error={change.error} form={undefined} />}
      </Stack>
    </form>
  );
}

function valuesOf({ name, email, agrees }: Written, locked: ReadonlySet<string>): Record<string, unknown> {
  const all = {
    'http.host': '0.0.0.0',
    'http.port': 443,
    'http.tls.plainPort': 80,
    'http.tls.acme.domains': [name.toLowerCase()],
    'http.tls.acme.email': email,
    'http.tls.acme.agree': agrees,
  };
  return Object.fromEntries(Object.entries(all).filter(([key]) => !locked.has(key)));
}
