/** A model or an assistant in the server's own network: super-admins open just its address, others read what it takes. */
import { Checkbox, Text } from '@mantine/core';
import { $api, type AnswerOf, api, ifVersion, Mono, Sentence, useMe } from 'patchbay-platform/ui';
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
  const mayAllow = me.user?.is_superadmin === true;
  const { data } = $api.useQuery('get', SETTINGS, { params: { path } }, { enabled: mayAllow });
  if (mayAllow && allowedIn(data).includes(host))
    return (
      <Text size="sm" c="dimmed">
        {t('form.isAllowed', { host })}
      </Text>
    );
  if (mayAllow)
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

/** Tells whether a server says that it may not call the address: a name may lead into its own network. */
export function isNotAllowed(said: unknown): boolean {
  return (said instanceof Error ? said.message : String(said)).includes(ALLOW);
}

/** Adds the address to those that this server may call. Throws what the server says. */
export async function allowHost(host: string): Promise<void> {
  const { data } = await api.GET(SETTINGS, { params: { path } });
  const known = allowedIn(data);
  if (known.includes(host)) return;
  const header = ifVersion(String(data?.version ?? 0));
  await api.PATCH(SETTINGS, { params: { path, header }, body: { values: { [ALLOW]: [...known, host] }, reset: [] } });
}

function allowedIn(answer: AnswerOf<typeof SETTINGS> | undefined): readonly unknown[] {
  const allowed = answer?.settings.find(({ name }) => name === ALLOW)?.value;
  return Array.isArray(allowed) ? allowed : [];
}
