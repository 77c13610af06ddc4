/** How a robot answers: by which model, how long it waits, how much it may. */
import { Modal, NumberInput, Select, SimpleGrid, Stack, Textarea, TextInput } from '@mantine/core';
import { $api, api, Failure, FormModal, notifyDone, useVersionedForm } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { changeRobot } from '../bounds.ts';
import { ROBOT, type RobotWithSettings, useReadRobotsAgain } from './robots-data.ts';

const MODES = ['builtin', 'third_party', 'none'] as const;
type NumberName =
  | 'aiTemperature'
  | 'aiMaxTokens'
  | 'aiContextLength'
  | 'replyDelayMin'
  | 'replyDelayMax'
  | 'aiCallLimitDaily'
  | 'sessionTimeoutMinutes';
/** Of the WorkBot document. */
const RANGES: Readonly<Record<NumberName, { min: number; max: number; step?: number }>> = {
  aiTemperature: { min: 0, max: 2, step: 0.1 },
  aiMaxTokens: { min: 1, max: 32_000 },
  aiContextLength: { min: 0, max: 50 },
  replyDelayMin: { min: 0, max: 300, step: 0.5 },
  replyDelayMax: { min: 0, max: 300, step: 0.5 },
  aiCallLimitDaily: { min: 0, max: 1_000_000_000 },
  sessionTimeoutMinutes: { min: 1, max: 10_080 },
};
const DELAYS = ['replyDelayMin', 'replyDelayMax', 'sessionTimeoutMinutes'] as const;
const OF_MODEL = ['aiTemperature', 'aiMaxTokens', 'aiContextLength', 'aiCallLimitDaily'] as const;
const NUMBERS = [...DELAYS, ...OF_MODEL];
const TEXTS = ['aiProvider', 'aiModel', 'aiScenario'] as const;
type TextName = (typeof TEXTS)[number];

/** Read when it is opened, so that what is changed is what is seen. */
export function RobotSettings({ id, onClose }: { id: string; onClose(): void }) {
  const robot = $api.useQuery('get', ROBOT, { params: { path: { id } } }, { gcTime: 0, refetchOnWindowFocus: false });
  if (robot.error) return <SettingsFailure error={robot.error} onClose={onClose} />;
  return robot.data && !robot.isFetching ? <Form robot={robot.data} onClose={onClose} /> : null;
}

function SettingsFailure({ error, onClose }: { error: unknown; onClose(): void }) {
  const { t } = useTranslation('robots');
  return (
    <Modal opened onClose={onClose} title={t('settings.title')} closeButtonProps={{ 'aria-label': t('shell:close') }}>
      <Failure error={error} />
    </Modal>
  );
}

function Form({ robot, onClose }: { robot: RobotWithSettings; onClose(): void }) {
  const { t } = useTranslation('robots');
  const path = { id: robot.id };
  const [name, setName] = useState(robot.name);
  const [settings, setSettings] = useState(new Map(Object.entries(robot.settings)));
  const readAgain = useReadRobotsAgain();
  const save = $api.useMutation('patch', ROBOT);
  const put = (key: string, value: string | number | null) => setSettings(new Map([...settings, [key, value]]));
  const textOf = (key: TextName) => String(settings.get(key) ?? '');
  const mode = MODES.find((one) => one === settings.get('aiMode')) ?? 'builtin';
  const numbers = (names: readonly NumberName[]) =>
    names.map((key) => (
      <NumberInput
        key={key}
        label={t(`settings.${key}`)}
        value={Number(settings.get(key))}
        onChange={(value) => typeof value === 'number' && put(key, value)}
        allowDecimal={RANGES[key].step !== undefined}
        {...RANGES[key]}
      />
    ));
  const versioned = useVersionedForm(flat(robot), {
    read: async () => {
      const { data } = await api.GET(ROBOT, { params: { path } });
      return data && flat(data);
    },
    labels: Object.fromEntries([
      ['name', t('list.name')],
      ['aiMode', t('list.answers')],
      ...[...TEXTS, ...NUMBERS].map((key) => [key, t(`settings.${key}`)]),
    ]),
  });
  const submit = async () => {
    const texts = Object.fromEntries(TEXTS.map((key) => [key, textOf(key).trim() || null]));
    const values = Object.fromEntries(NUMBERS.map((key) => [key, Number(settings.get(key))]));
    await versioned.save({ name: name.trim(), aiMode: mode, ...texts, ...values }, (header, changes) => {
      // The least of the two is no more than the most: they are meant together.
      const { replyDelayMin, replyDelayMax } = values;
      const isDelay = 'replyDelayMin' in changes || 'replyDelayMax' in changes;
      const body = { ...changes, ...(isDelay && { replyDelayMin, replyDelayMax }) };
      return save.mutateAsync({ params: { path, header }, body });
    });
    await readAgain();
    notifyDone(t('settings.saved'));
  };
  return (
    <FormModal
      title={t('settings.title')}
      action={t('shell:save')}
      isOpen
      onClose={onClose}
      onSubmit={submit}
      versioned={versioned}
      size="lg"
      isReady={name.trim() !== ''}
    >
      {() => (
        <Stack gap="sm">
          <TextInput
            label={t('list.name')}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            {...changeRobot.name}
            required
            data-autofocus
          />
          <Select
            label={t('list.answers')}
            data={MODES.map((value) => ({ value, label: t(`aiMode.${value}`) }))}
            value={mode}
            onChange={(value) => value !== null && put('aiMode', value)}
            allowDeselect={false}
          />
          {mode === 'third_party' && (
            <TextInput
              label={t('settings.assistant')}
              description={t('settings.assistantText')}
              value={textOf('aiProvider')}
              onChange={(event) => put('aiProvider', event.currentTarget.value)}
              {...changeRobot.aiProvider}
            />
          )}
          {mode === 'builtin' && (
            <>
              <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
                <TextInput
                  label={t('settings.aiProvider')}
                  placeholder={t('settings.asUsual')}
                  value={textOf('aiProvider')}
                  onChange={(event) => put('aiProvider', event.currentTarget.value)}
                  {...changeRobot.aiProvider}
                />
                <TextInput
                  label={t('settings.aiModel')}
                  placeholder={t('settings.asUsual')}
                  value={textOf('aiModel')}
                  onChange={(event) => put('aiModel', event.currentTarget.value)}
                  {...changeRobot.aiModel}
                />
              </SimpleGrid>
              <Textarea
                label={t('settings.aiScenario')}
                description={t('settings.aiScenarioText')}
                value={textOf('aiScenario')}
                onChange={(event) => put('aiScenario', event.currentTarget.value)}
                {...changeRobot.aiScenario}
                autosize
                minRows={2}
              />
              <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
                {numbers(OF_MODEL)}
              </SimpleGrid>
            </>
          )}
          <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="sm">
            {numbers(DELAYS)}
          </SimpleGrid>
        </Stack>
      )}
    </FormModal>
  );
}

/** As it is changed: its name beside its settings. */
function flat({ name, version, settings }: RobotWithSettings): Record<string, unknown> & { version: string } {
  return { ...settings, name, version };
}
