/** A setting that is on or off: its switch with what happens either way, and a form for what it needs while it is on. */
import { Button, Group, Stack, Switch } from '@mantine/core';
import { NotSaved, Panel, type VersionedForm } from 'patchbay-platform/ui';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';

interface SettingPanelProps {
  title: string;
  label: string;
  /** What happens while it is as the switch says. */
  hint: string;
  isOn: boolean;
  onSwitch(on: boolean): void;
  /** Whether it differs from what is saved. */
  isChanged: boolean;
  /** Whether everything is there that it needs. */
  isReady: boolean;
  onSave(): Promise<void>;
  onSaved(): void;
  form: Pick<VersionedForm, 'changed'>;
  children: (error: unknown) => ReactNode;
}

export function SettingPanel(props: SettingPanelProps) {
  const { title, label, hint, isOn, onSwitch, isChanged, isReady, onSave, onSaved, form, children } = props;
  const { t } = useTranslation('robots');
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    setError(null);
    try {
      await onSave();
      onSaved();
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Panel title={title}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady && isChanged) void save();
        }}
      >
        <Stack gap="md">
          <Switch
            label={label}
            description={hint}
            checked={isOn}
            onChange={(event) => onSwitch(event.currentTarget.checked)}
          />
          {isOn && children(error)}
          {error !== null && <NotSaved error={error} form={form} />}
          {(isOn || isChanged) && (
            <Group>
              <Button type="submit" loading={isBusy} disabled={!isReady || !isChanged}>
                {t('shell:save')}
              </Button>
            </Group>
          )}
        </Stack>
      </form>
    </Panel>
  );
}
