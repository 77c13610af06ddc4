/** How a robot answers: by which model, how long it waits, how much it may. */
import { NumberInput, Select, SimpleGrid, Stack, Textarea, TextInput } from '@mantine/core';
import { $api, FormModal, tellDone } from 'patchbay/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ROBOT, type ShownRobot, useReadRobotsAgain } from './robots-data.ts';

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

export function RobotSettings({ robot, onClose }: { robot: ShownRobot; onClose(): void }) {
  const { t } = useTranslation('robots');
  const { robotId } = robot;
  const [draft, setDraft] = useState<Partial<ShownRobot>>({});
  const readAgain = useReadRobotsAgain();
  const save = $api.useMutation('put', ROBOT);
  const shown = { ...robot, ...draft };
  const put = (change: Partial<ShownRobot>) => setDraft((before) => ({ ...before, ...change }));
  const mode = MODES.find((one) => one === shown.aiMode) ?? 'builtin';
  const numbers = (names: readonly NumberName[]) =>
    names.map((name) => (
      <NumberInput
        key={name}
        label={t(`settings.${name}`)}
        value={shown[name]}
        onChange={(value) => typeof value === 'number' && put({ [name]: value })}
        allowDecimal={RANGES[name].step !== undefined}
        {...RANGES[name]}
      />
    ));
  const submit = async () => {
    const { name, aiProvider, aiModel, aiScenario } = shown;
    const texts = { name: name.trim(), aiProvider, aiModel, aiScenario, aiMode: mode };
    const values = Object.fromEntries([...DELAYS, ...OF_MODEL].map((one) => [one, shown[one]]));
    await save.mutateAsync({ params: { path: { robotId } }, body: { ...texts, ...values } });
    await readAgain();
    tellDone(t('settings.saved'));
  };
  return (
    <FormModal
      title={t('settings.title')}
      action={t('save')}
      isOpen
      onClose={onClose}
      onSubmit={submit}
      size="lg"
      isReady={shown.name.trim() !== ''}
    >
      {() => (
        <Stack gap="sm">
          <TextInput
            label={t('list.name')}
            value={shown.name}
            onChange={(event) => put({ name: event.currentTarget.value })}
            maxLength={200}
            required
            data-autofocus
          />
          <Select
            label={t('list.answers')}
            data={MODES.map((value) => ({ value, label: t(`aiMode.${value}`) }))}
            value={mode}
            onChange={(value) => value !== null && put({ aiMode: value })}
            allowDeselect={false}
          />
          {mode === 'builtin' && (
            <>
              <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
                <TextInput
                  label={t('settings.aiProvider')}
                  placeholder={t('settings.asUsual')}
                  value={shown.aiProvider ?? ''}
                  onChange={(event) => put({ aiProvider: event.currentTarget.value.trim() || null })}
                  maxLength={100}
                />
                <TextInput
                  label={t('settings.aiModel')}
                  placeholder={t('settings.asUsual')}
                  value={shown.aiModel ?? ''}
                  onChange={(event) => put({ aiModel: event.currentTarget.value.trim() || null })}
                  maxLength={200}
                />
              </SimpleGrid>
              <Textarea
                label={t('settings.aiScenario')}
                description={t('settings.aiScenarioText')}
                value={shown.aiScenario ?? ''}
                onChange={(event) => put({ aiScenario: event.currentTarget.value || null })}
                maxLength={2_000}
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
