/** A model in the server's own network: super-admins open just its address, others read what it takes. */
import { Checkbox, Text } from '@mantine/core';
import { api, ifVersion, Mono, Sentence, useMe } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';

const SETTINGS = '/api/platform/server/settings/{area}';
const ALLOW = 'http.outbound.allow';
const path = { area: 'outgoing' };

export function AllowLocal({
  host,
  isAllowed,
  onChange,
}: {
  host: string;
  isAllowed: boolean;
  onChange(is: boolean): void;
}) {
  const { t } = useTranslation('ai-replies');
  const me = useMe();
  if (me.user?.is_superadmin)
    return (
      <Checkbox
        label={t('form.allowLocal', { host })}
        description={t('form.allowLocalText')}
        checked={isAllowed}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    );
  return (
    <Text size="sm" c="dimmed" component="div">
      <Sentence text={t('form.local')} parts={{ line: <Mono key="line">{`http.outbound.allow: ['${host}']`}</Mono> }} />
    </Text>
  );
}

/** Adds the address to those that this server may call. Throws what the server says. */
export async function allowHost(host: string): Promise<void> {
  const { data } = await api.GET(SETTINGS, { params: { path } });
  const allowed = data?.settings.find(({ name }) => name === ALLOW)?.value;
  const known = Array.isArray(allowed) ? allowed : [];
  if (known.includes(host)) return;
  const header = ifVersion(String(data?.version ?? 0));
  await api.PATCH(SETTINGS, { params: { path, header }, body: { values: { [ALLOW]: [...known, host] }, reset: [] } });
}
