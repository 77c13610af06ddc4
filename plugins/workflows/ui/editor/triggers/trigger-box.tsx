/** "When …": what starts the workflow, the ways in which it may begin, and the last real data of it. */
import { Button, Group, Paper, SimpleGrid, Stack, Text } from '@mantine/core';
import IconBolt from '@tabler/icons-react/dist/esm/icons/IconBolt.mjs';
import { isRecord, later } from 'patchbay-platform/ui';
import { Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { setHead } from '../edits/index.ts';
import { useEditing } from '../model/context.ts';
import { type Chosen, type Entry, entriesFor } from './entries.ts';
import { EntryTile } from './entry-tile.tsx';
import { useEventTypes } from './event-types.ts';
import { HookAddress } from './hook-address.tsx';
import { eventTypeOf, hookChange, inputChange, scheduleOf, triggerOf, zoneChange } from './trigger.ts';
import { useTriggerText } from './trigger-text.ts';

const Gallery = later(() => import('../templates/gallery.tsx').then(({ Gallery }) => Gallery));
const SampleData = later(() => import('../parts/sample-data.tsx').then(({ SampleData }) => SampleData));
const TriggerDialog = later(() => import('./trigger-dialog.tsx').then(({ TriggerDialog }) => TriggerDialog));

export function TriggerBox({ isDisabled }: { isDisabled: boolean }) {
  const { t } = useTranslation('workflows');
  const { session, isNew, head: definition } = useEditing();
  const textOf = useTriggerText();
  const types = useEventTypes().map(({ type }) => type);
  /** `true`: what stands there is changed. */
  const [asked, ask] = useState<Entry | true | null>(null);
  const trigger = triggerOf(definition);
  const hook = hookOf(definition);
  const isOpenToAsk = trigger.kind === 'call' && !trigger.hook;

  const change = (next: Chosen) => {
    const zone = next.kind === 'at' ? zoneChange(definition, next.zone) : null;
    for (const one of [zone, hookChange(definition, trigger, next)])
      if (one) session.edit((text) => setHead(text, one.path, one.value), { keepsChoice: true });
    session.edit((text) => setHead(text, ['schedule'], scheduleOf(next)), { keepsChoice: true });
    const input = inputChange(definition, next);
    if (input) session.edit((text) => setHead(text, input.path, input.value), { keepsChoice: true });
  };
  return (
    <Stack gap="md">
      <Paper withBorder p="sm" component="section" aria-label={t('trigger.title')}>
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <Group wrap="nowrap" align="flex-start" gap="sm" miw={0}>
            <IconBolt size={20} stroke={1.6} aria-hidden style={{ flexShrink: 0 }} />
            <Stack gap={2} miw={0}>
              <Text size="sm" fw={600}>
                {t('trigger.title')}
              </Text>
              <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
                {textOf(trigger, eventTypeOf(definition))}
              </Text>
              {isOpenToAsk && !isNew && (
                <Text size="xs" c="dimmed">
                  {t('trigger.handText')}
                </Text>
              )}
              {trigger.kind === 'call' && !(isNew && isOpenToAsk) && <HookAddress hook={hook} />}
            </Stack>
          </Group>
          {!isOpenToAsk && (
            <Button
              variant="default"
              size="compact-sm"
              disabled={isDisabled}
              onClick={() => ask(true)}
              style={{ flexShrink: 0 }}
            >
              {t('trigger.change')}
            </Button>
          )}
        </Group>
      </Paper>
      {isOpenToAsk && (
        <Stack gap="xs">
          <Text size="sm" fw={600}>
            {t('trigger.question')}
          </Text>
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs">
            {entriesFor(types)
              .filter((one) => one !== 'hand')
              .map((one) => (
                <EntryTile key={one} entry={one} isDisabled={isDisabled} onChoose={() => ask(one)} />
              ))}
          </SimpleGrid>
        </Stack>
      )}
      {isNew && isOpenToAsk && (
        <Suspense fallback={null}>
          <Gallery isDisabled={isDisabled} />
        </Suspense>
      )}
      {!isOpenToAsk && <SampleData />}
      {asked !== null && (
        <Suspense fallback={null}>
          <TriggerDialog
            trigger={trigger}
            type={eventTypeOf(definition)}
            entry={asked === true ? null : asked}
            hook={hook}
            onChoose={change}
            onClose={() => ask(null)}
          />
        </Suspense>
      )}
    </Stack>
  );
}

/** Its address for calls from outside, once it has a name. */
function hookOf(definition: unknown): string | null {
  const document = isRecord(definition) && isRecord(definition.document) ? definition.document : {};
  const { namespace, name } = document;
  return typeof namespace === 'string' && typeof name === 'string' ? `/hooks/${namespace}/${name}` : null;
}
