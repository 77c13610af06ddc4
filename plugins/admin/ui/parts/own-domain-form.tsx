/** A domain of one's own, in force at once: the server's setting, unless the configuration names its domains. */
import { Button, Group, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { $api, NotSaved, notifyDone } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

const AREA = 'domains';
const DOMAINS = 'plugins.mail.domains';

export function OwnDomainForm() {
  const { t } = useTranslation('admin');
  const queries = useQueryClient();
  const [domain, setDomain] = useState('');
  const change = $api.useMutation('patch', '/api/platform/server/settings/{area}');
  const save = () =>
    change.mutate(
      { params: { path: { area: AREA } }, body: { values: { [DOMAINS]: [domain.toLowerCase()] }, reset: [] } },
      {
        async onSuccess() {
          await queries.invalidateQueries();
          notifyDone(t('firstSteps.domain.taken', { domain }));
        },
      },
    );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <Group align="flex-end" gap="xs">
        <TextInput
          label={t('firstSteps.domain.yours')}
          placeholder="your-company.com"
          value={domain}
          onChange={(event) => setDomain(event.currentTarget.value.trim())}
        />
        <Button type="submit" loading={change.isPending} disabled={!domain.includes('.')}>
          {t('firstSteps.domain.use')}
        </Button>
      </Group>
      {change.error && <NotSaved error={change.error} form={undefined} />}
    </form>
  );
}
