/** The settings of one area: a field for each, saved together, tried before that, and taken back to what they were. */
import { Alert, Badge, Button, Group, Paper, Stack, Text, TextInput, Tooltip } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import {
  $api,
  type AnswerOf,
  isRecord,
  Loaded,
  NotSaved,
  notifyDone,
  Panel,
  SchemaForm,
  useCanSendMail,
  useLeaveGuard,
  useMe,
  useUrlState,
  useVersionedForm,
} from 'patchbay-platform/ui';
import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { concernsSettings } from './concerns-settings.ts';
import { Findings, type Offer } from './findings.tsx';
import { SettingsHistory } from './settings-history.tsx';

type Area = AnswerOf<'/api/platform/server/settings/{area}'>;
type Setting = Area['settings'][number];
/** Values by the names of settings, with the version that was seen. */
type Row = Record<string, unknown> & { version: string };

const ALLOWED = 'http.outbound.allow';

export function SettingsArea({ area }: { area: string }) {
  const view = $api.useQuery('get', '/api/platform/server/settings/{area}', { params: { path: { area } } });
  return (
    <Loaded of={view}>{(known) => <AreaForm view={known} read={async () => (await view.refetch()).data} />}</Loaded>
  );
}

function AreaForm({ view, read }: { view: Area; read(): Promise<Area | undefined> }) {
  const { t } = useTranslation('admin');
  const { t: words } = useTranslation();
  const queries = useQueryClient();
  const [{ allow }] = useUrlState();
  const [written, setWritten] = useState(() => offered(view, allow));
  const [reset, setReset] = useState<readonly string[]>([]);
  const [error, setError] = useState<unknown>(null);
  const change = $api.useMutation('patch', '/api/platform/server/settings/{area}');
  const versioned = useVersionedForm<Row>(rowOf(view), {
    read: async () => {
      const now = await read();
      return now && rowOf(now);
    },
    labels: Object.fromEntries(view.settings.map(({ name, title }) => [name, title])),
    follows: true,
  });
  useEffect(() => {
    const asked = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    asked?.scrollIntoView({ block: 'center' });
  }, []);
  const isDirty = Object.keys(written).length > 0 || reset.length > 0;
  useLeaveGuard(isDirty && !change.isPending);
  const path = { area: view.area };
  const valueIn = ({ name, value }: Setting) => (Object.hasOwn(written, name) ? written[name] : value);
  const isShown = ({ when }: Setting) =>
    when === null || view.settings.some((other) => other.name === when.name && valueIn(other) === when.value);

  const put = (setting: Setting, next: unknown) => {
    setReset((names) => names.filter((name) => name !== setting.name));
    setWritten((all) => ({ ...all, [setting.name]: asSent(setting.schema, next) }));
  };
  const backToDefault = ({ name }: Setting) => {
    setWritten(({ [name]: _gone, ...rest }) => rest);
    setReset((names) => [...names, name]);
  };
  const take = (offer: Offer) => {
    const setting = view.settings.find(({ name }) => name === offer.setting);
    const former = setting && valueIn(setting);
    if (setting) put(setting, { ...(isRecord(former) && former), ...offer.values });
  };
  const forget = () => {
    setWritten({});
    setReset([]);
    setError(null);
  };
  const save = async () => {
    setError(null);
    try {
      await versioned.act((header) =>
        change.mutateAsync({ params: { path, header }, body: { values: { ...written }, reset: [...reset] } }),
      );
      forget();
      await queries.invalidateQueries({ predicate: concernsSettings });
      notifyDone(t('serverSettings.saved'));
    } catch (refusal) {
      setError(refusal);
    }
  };

  const shown = view.settings.filter(isShown);
  const restart = needsRestart(shown);
  return (
    <Stack gap="md">
      {view.area === 'sending' && <NothingIsSent />}
      {view.problem !== null && (
        <Alert color="red" title={t('serverSettings.problem')}>
          {view.problem}
        </Alert>
      )}
      {allow && ALLOWED in written && (
        <Alert color="yellow" title={t('serverSettings.offered', { address: allow })}>
          {t('serverSettings.offeredText')}
        </Alert>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Stack gap="md">
          {restart !== 'none' && (
            <Text size="sm" c="dimmed">
              {t(restart === 'all' ? 'serverSettings.allWait' : 'serverSettings.someWait')}
            </Text>
          )}
          {shown.map((setting) => (
            <div key={setting.name} id={setting.name}>
              <SettingFrame setting={setting}>
                <SchemaForm
                  schema={setting.schema}
                  label={setting.title}
                  value={reset.includes(setting.name) ? undefined : (valueIn(setting) ?? undefined)}
                  isDisabled={setting.is_locked}
                  onChange={(next) => put(setting, next)}
                />
                <SettingState
                  setting={setting}
                  isMarked={restart === 'some' && isLate(setting)}
                  isReset={reset.includes(setting.name)}
                  onReset={backToDefault}
                />
              </SettingFrame>
            </div>
          ))}
          {error !== null && <NotSaved error={error} form={versioned} />}
          <Group>
            <Button type="submit" loading={change.isPending} disabled={!isDirty}>
              {t('serverSettings.save')}
            </Button>
            {isDirty && (
              <Button variant="default" onClick={forget}>
                {words('cancel')}
              </Button>
            )}
          </Group>
        </Stack>
      </form>
      {view.can_test && <AreaTest view={view} values={{ ...written }} reset={[...reset]} onTake={take} />}
      <SettingsHistory view={view} />
    </Stack>
  );
}

/** An address that a page sent somebody here with, to be allowed: written already, and saved by who reads it. */
function offered({ settings }: Area, address: string | undefined): Readonly<Record<string, unknown>> {
  const list = settings.find(({ name, is_locked }) => name === ALLOWED && !is_locked);
  if (!address || !list) return {};
  const allowed = Array.isArray(list.value) ? list.value : [];
  return allowed.includes(address) ? {} : { [list.name]: [...allowed, address] };
}

/** As it is now, and not as it is written. */
function NothingIsSent() {
  const { t } = useTranslation('admin');
  if (useCanSendMail()) return null;
  return (
    <Alert color="yellow" title={t('sending.off')}>
      {t('sending.offHere')}
    </Alert>
  );
}

/** Whether a save does not put it in force. */
function isLate({ is_live, is_locked }: Setting): boolean {
  return !is_live && !is_locked;
}

/** Which settings wait for a restart: said once above them, and where only some do, at each of these. */
function needsRestart(settings: readonly Setting[]): 'none' | 'some' | 'all' {
  const open = settings.filter(({ is_locked }) => !is_locked);
  if (!open.some(isLate)) return 'none';
  return open.every(isLate) ? 'all' : 'some';
}

/** Fields that belong together have their name above them. */
function SettingFrame({ setting, children }: { setting: Setting; children: ReactNode }) {
  const { schema, title } = setting;
  if (isGroup(schema))
    return (
      <Panel title={title}>
        {isRecord(schema) && typeof schema.description === 'string' && (
          <Text size="sm" c="dimmed">
            {schema.description}
          </Text>
        )}
        {children}
      </Panel>
    );
  return (
    <Paper withBorder radius="md" p="md">
      {children}
    </Paper>
  );
}

function SettingState({
  setting,
  isMarked,
  isReset,
  onReset,
}: {
  setting: Setting;
  isMarked: boolean;
  isReset: boolean;
  onReset(setting: Setting): void;
}) {
  const { t } = useTranslation('admin');
  const { is_locked, source, waits_for_restart } = setting;
  const canReset = source === 'settings' && !isReset;
  if (!is_locked && !waits_for_restart && !canReset && !isMarked) return null;
  return (
    <Group gap="xs" mt={6}>
      {is_locked && (
        <Tooltip label={t('serverSettings.lockedText')} multiline maw={320}>
          <Badge variant="light" color="gray" tt="none">
            {t('serverSettings.locked', {
              source: t(`serverSettings.source.${source}`, { defaultValue: source.split('/').at(-1) }),
            })}
          </Badge>
        </Tooltip>
      )}
      {isMarked && !waits_for_restart && (
        <Text size="xs" c="dimmed">
          {t('serverSettings.afterRestart')}
        </Text>
      )}
      {waits_for_restart && (
        <Badge variant="light" color="yellow" tt="none">
          {t('serverSettings.waits')}
        </Badge>
      )}
      {canReset && (
        <Button size="compact-xs" variant="subtle" color="gray" onClick={() => onReset(setting)}>
          {t('serverSettings.reset')}
        </Button>
      )}
    </Group>
  );
}

/** What is written is tried, saved or not. */
function AreaTest({
  view,
  values,
  reset,
  onTake,
}: {
  view: Area;
  values: Record<string, unknown>;
  reset: string[];
  onTake(offer: Offer): void;
}) {
  const { t } = useTranslation('admin');
  const me = useMe();
  const [target, setTarget] = useState(view.area === 'sending' ? (me.user?.email ?? '') : '');
  const test = $api.useMutation('post', '/api/platform/server/settings/{area}/test');
  const hasNothing = view.settings.every(({ name, value }) => {
    const now = Object.hasOwn(values, name) ? values[name] : value;
    return isRecord(now) && Object.keys(now).length === 0;
  });
  return (
    <Panel title={t('serverSettings.test')}>
      <Group align="flex-end">
        {view.target !== null && (
          <TextInput
            label={view.target}
            value={target}
            flex={1}
            maw={420}
            onChange={(event) => setTarget(event.currentTarget.value)}
          />
        )}
        <Button
          variant="default"
          loading={test.isPending}
          disabled={hasNothing || (view.target !== null && target.trim() === '')}
          onClick={() => test.mutate({ params: { path: { area: view.area } }, body: { values, reset, target } })}
        >
          {t('serverSettings.test')}
        </Button>
      </Group>
      <Findings
        found={test.data?.findings ?? []}
        error={test.error}
        onTake={(offer) => {
          onTake(offer);
          test.reset();
        }}
      />
    </Panel>
  );
}

function rowOf({ version, settings }: Area): Row {
  return { ...Object.fromEntries(settings.map(({ name, value }) => [name, value])), version: String(version) };
}

function isGroup(schema: unknown): boolean {
  if (!isRecord(schema)) return false;
  const branches = Array.isArray(schema.anyOf) ? schema.anyOf.filter(isRecord) : [schema];
  return branches.some(({ properties }) => isRecord(properties));
}

/** An emptied field or list says nothing: `null`, where that is a value. */
function asSent(schema: unknown, value: unknown): unknown {
  const isEmpty = value === '' || value === undefined || (Array.isArray(value) && value.length === 0);
  if (!isEmpty) return value;
  const branches = isRecord(schema) && Array.isArray(schema.anyOf) ? schema.anyOf.filter(isRecord) : [];
  if (branches.some(({ type }) => type === 'null')) return null;
  return value ?? (isRecord(schema) && schema.type === 'array' ? [] : value);
}
