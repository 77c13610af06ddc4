/** First steps when there is no model yet: models and assistants that are soon there, each of which fills the form. */
import { Button, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import IconCpu from '@tabler/icons-react/dist/esm/icons/IconCpu.mjs';
import { EmptyState } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { FIRST_PRESETS, type Preset } from './presets.ts';

/** Without `onChoose` the viewer may not add any. */
export function FirstModel({ onChoose }: { onChoose: ((preset?: Preset) => void) | null }) {
  const { t } = useTranslation('ai-replies');
  if (!onChoose)
    return <EmptyState icon={<IconCpu size={24} />} title={t('models.none')} text={t('models.noneForYou')} />;
  return (
    <Stack>
      <EmptyState
        icon={<IconCpu size={24} />}
        title={t('models.none')}
        text={t('models.noneText')}
        action={
          <Button variant="default" onClick={() => onChoose()}>
            {t('models.another')}
          </Button>
        }
      />
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        {FIRST_PRESETS.map((preset) => (
          <Paper key={preset.name} withBorder radius="md" p="md">
            <Stack gap="xs" h="100%" justify="space-between" align="flex-start">
              <div>
                <Title order={2} size="h4">
                  {preset.title}
                </Title>
                <Text size="sm" c="dimmed">
                  {t(`models.first.${preset.name}`)}
                </Text>
              </div>
              <Button variant="light" onClick={() => onChoose(preset)}>
                {t('models.setUp', { name: preset.title })}
              </Button>
            </Stack>
          </Paper>
        ))}
      </SimpleGrid>
    </Stack>
  );
}
