/** The settings of one's own organisation: its name, what it allows, and what plugins add. */
import { Button, Stack, Switch, TagsInput, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import {
  $api,
  api,
  EmptyState,
  Facts,
  Loaded,
  notifyDone,
  notifyFailed,
  Page,
  Panel,
  SettingsParts,
  Time,
  useMay,
  useMe,
} from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { TENANT, TenantName } from '../parts/tenant-name.tsx';

const SETTINGS = '/api/platform/auth/settings';

export default function Organisation() {
  const { t } = useTranslation('auth');
  const { tenant } = useMe();
  return (
    <Page title={t('organisation.title')} intro={t('organisation.intro')}>
      {tenant ? (
        <Stack>
          <About id={tenant.id} />
          <Settings />
          <SettingsParts of="tenant" />
        </Stack>
      ) : (
        <EmptyState title={t('organisation.none')} />
      )}
    </Page>
  );
}

function About({ id }: { id: string }) {
  const { t } = useTranslation('auth');
  const tenant = $api.useQuery('get', TENANT, { params: { path: { id } } });
  const [isRenaming, setRenaming] = useState(false);
  return (
    <Panel
      title={t('organisation.about')}
      actions={
        <Button variant="default" size="xs" onClick={() => setRenaming(true)}>
          {t('tenants.rename')}
        </Button>
      }
    >
      <Loaded of={tenant} lines={3}>
        {(shown) => (
          <>
            <Facts
              of={[
                [t('tenants.name'), shown.name],
                [t('tenants.people'), shown.user_count],
                [t('tenants.since'), <Time key="since" at={shown.created_at} style="date" />],
              ]}
            />
            {isRenaming && <TenantName tenant={shown} onClose={() => setRenaming(false)} />}
          </>
        )}
      </Loaded>
    </Panel>
  );
}

type Values = Readonly<Record<string, unknown>>;

/** The settings of robots are forms of their own, which stand below. */
const OF_ROBOTS = /^robots_/;
/** What models may see has an entry of its own where there are models. */
const OF_AI = /^ai_/;

/** This server does nothing by them: they are shown where a program has set them, to be seen and emptied. */
const FOR_PROGRAMS: ReadonlySet<string> = new Set(['allowed_numbers']);

function isForPersons(name: string, value: unknown): boolean {
  return !FOR_PROGRAMS.has(name) || (Array.isArray(value) && value.length > 0);
}

/** Each is saved when it is changed, and can be undone. */
function Settings() {
  const { t } = useTranslation('auth');
  const isAiElsewhere = useMay()('ai-replies.consent');
  const isHere = (name: string) => !OF_ROBOTS.test(name) && !(isAiElsewhere && OF_AI.test(name));
  const queries = useQueryClient();
  const settings = $api.useQuery('get', SETTINGS);
  const change = async (values: Values, before: Values) => {
    try {
      await api.PATCH(SETTINGS, { body: { settings: values } });
      notifyDone(t('organisation.saved'), () => change(before, values));
    } catch (error) {
      notifyFailed(error);
    } finally {
      await queries.invalidateQueries({ queryKey: ['get', SETTINGS] });
    }
  };
  return (
    <Panel title={t('organisation.settings')}>
      <Loaded of={settings} lines={3}>
        {({ settings: values }) => (
          <Stack>
            <Text size="sm" c="dimmed">
              {t('organisation.savedAtOnce')}
            </Text>
            {Object.entries(values)
              .filter(([name, value]) => isHere(name) && isForPersons(name, value))
              .map(([name, value]) => (
                <Setting
                  key={name}
                  name={name}
                  value={value}
                  onChange={(next) => void change({ [name]: next }, { [name]: value })}
                />
              ))}
          </Stack>
        )}
      </Loaded>
    </Panel>
  );
}

interface SettingProps {
  name: string;
  value: unknown;
  onChange(value: unknown): void;
}

/** Switches and lists of texts; plugins show what else they have in parts of their own. */
function Setting({ name, value, onChange }: SettingProps) {
  const { t } = useTranslation('auth');
  const label = t(`setting.${name}`, { defaultValue: name });
  const description = t(`setting.${name}_hint`, { defaultValue: '' });
  if (typeof value === 'boolean')
    return (
      <Switch
        label={label}
        description={description}
        checked={value}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    );
  if (Array.isArray(value))
    return (
      <TagsInput
        label={label}
        description={description}
        value={value.map(String)}
        onChange={onChange}
        clearable={false}
      />
    );
  return null;
}
