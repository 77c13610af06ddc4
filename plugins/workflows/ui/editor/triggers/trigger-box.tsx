/** "When …": what starts the workflow, above its tasks, and the way to change it. */
import { Button, Group, Paper, Stack, Text } from '@mantine/core';
import IconBolt from '@tabler/icons-react/dist/esm/icons/IconBolt.mjs';
import { CopyButton, isRecord, later } from 'patchbay-platform/ui';
import { Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { setHead } from '../edits/index.ts';
import { useEditing } from '../model/context.ts';
import { scheduleOf, type Trigger, triggerOf, zoneChange } from './trigger.ts';
import { useTriggerText } from './trigger-text.ts';

const TriggerDialog = later(() => import('./trigger-dialog.tsx').then(({ TriggerDialog }) => TriggerDialog));

export function TriggerBox({ isDisabled }: { isDisabled: boolean }) {
  const { t } = useTranslation('workflows');
  const { session, definition } = useEditing();
  const textOf = useTriggerText();
  const [isOpen, setOpen] = useState(false);
  const trigger = triggerOf(definition);
  const hook = hookOf(definition);

  const change = (next: Exclude<Trigger, { kind: 'other' }>) => {
    const zone = next.kind === 'at' ? zoneChange(definition, next.zone) : null;
    if (zone) session.edit((text) => setHead(text, zone.path, zone.value));
    session.edit((text) => setHead(text, ['schedule'], scheduleOf(next)));
  };
  return (
    <Paper withBorder p="sm" component="section" aria-label={t('trigger.title')}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Group wrap="nowrap" align="flex-start" gap="sm" miw={0}>
          <IconBolt size={20} stroke={1.6} aria-hidden style={{ flexShrink: 0 }} />
          <Stack gap={2} miw={0}>
            <Text size="sm" fw={600}>
              {t('trigger.title')}
            </Text>
            <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
              {textOf(trigger)}
            </Text>
            {trigger.kind === 'call' && hook !== null && (
              <Group gap={4}>
                <code>{hook}</code>
                <CopyButton value={`${location.origin}${hook}`} label={t('workflow.copyHook')} />
              </Group>
            )}
          </Stack>
        </Group>
        <Button variant="default" size="compact-sm" disabled={isDisabled} onClick={() => setOpen(true)}>
          {t('trigger.change')}
        </Button>
      </Group>
      {isOpen && (
        <Suspense fallback={null}>
          <TriggerDialog trigger={trigger} onChoose={change} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </Paper>
  );
}

/** Its address for calls from outside, once it has a name. */
function hookOf(definition: unknown): string | null {
  const document = isRecord(definition) && isRecord(definition.document) ? definition.document : {};
  const { namespace, name } = document;
  return typeof namespace === 'string' && typeof name === 'string' ? `/hooks/${namespace}/${name}` : null;
}
