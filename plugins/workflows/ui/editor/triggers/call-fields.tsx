/** A call from outside: its address to copy, and who may make it; and what starting by hand means. */
import { Alert, Anchor, Autocomplete, Radio, Stack, Text } from '@mantine/core';
import { $api, Link } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { listOf } from '../../parts/list-answer.ts';
import type { Chosen } from './entries.ts';
import { HookAddress } from './hook-address.tsx';

type Call = Extract<Chosen, { kind: 'call' }>;

interface CallFieldsProps {
  value: Call;
  hook: string | null;
  onChange(value: Call): void;
}

const MOST_OFFERED = 100;

export function CallFields({ value, hook, onChange }: CallFieldsProps) {
  const { t } = useTranslation('workflows');
  const isSigned = typeof value.hook === 'object';
  const secrets = $api.useQuery(
    'get',
    '/api/platform/workflow-secrets',
    { params: { query: { limit: MOST_OFFERED } } },
    { enabled: isSigned },
  );
  return (
    <Stack gap="sm">
      <HookAddress hook={hook} />
      <Radio.Group
        label={t('trigger.who.label')}
        value={isSigned ? 'signed' : 'everybody'}
        onChange={(who) => onChange({ kind: 'call', hook: who === 'signed' ? { secret: '' } : true })}
      >
        <Stack gap={6} mt={4}>
          <Radio value="everybody" label={t('trigger.who.everybody')} />
          <Radio value="signed" label={t('trigger.who.signed')} description={t('trigger.who.signedText')} />
        </Stack>
      </Radio.Group>
      {typeof value.hook === 'object' && (
        <>
          <Autocomplete
            label={t('trigger.who.secret')}
            data={listOf(secrets.data)?.items.map(({ name }) => name) ?? []}
            value={value.hook.secret}
            onChange={(secret) => onChange({ kind: 'call', hook: { secret } })}
          />
          <Anchor component={Link} to="/automations/secrets" size="sm" target="_blank">
            {t('trigger.who.secrets')}
          </Anchor>
        </>
      )}
      {value.hook === true && (
        <Alert color="yellow" p="xs">
          {t('trigger.who.warning')}
        </Alert>
      )}
    </Stack>
  );
}

export function HandText({ hook }: { hook: string | null }) {
  const { t } = useTranslation('workflows');
  return (
    <Stack gap="xs">
      <Text size="sm">{t('trigger.handText')}</Text>
      <HookAddress hook={hook} />
    </Stack>
  );
}
