/** What a robot may do, said in words: by itself, after a person has let it, and nothing else. */
import { List, Paper, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { type OfferedTool, toolName, useSummaries } from './tools-data.ts';

interface InWordsProps {
  tools: readonly OfferedTool[];
  asks(tool: string): boolean;
  /** It is not saved yet. */
  isChanged: boolean;
}

/** What nobody has said otherwise about: it changes nothing, and concerns nobody else. */
export function mayItself({ changes, about }: OfferedTool): boolean {
  return !changes && about !== 'others';
}

export function InWords({ tools, asks, isChanged }: InWordsProps) {
  const { t } = useTranslation('ai-replies');
  const byItself = tools.filter(({ tool }) => !asks(tool));
  const asked = tools.filter(({ tool }) => asks(tool));
  return (
    <Paper component="section" withBorder radius="md" p="md" aria-label={t('tools.may')}>
      <Stack gap="xs">
        <Title order={2} size="h5">
          {t(isChanged ? 'tools.wouldMay' : 'tools.may')}
        </Title>
        {tools.length === 0 && <Text size="sm">{t('tools.mayNothing')}</Text>}
        <Those title={t('tools.byItself')} tools={byItself} />
        <Those title={t('tools.afterApproval')} tools={asked} />
        {tools.length > 0 && (
          <Text size="sm" c="dimmed">
            {t('tools.nothingElse')}
          </Text>
        )}
      </Stack>
    </Paper>
  );
}

function Those({ title, tools }: { title: string; tools: readonly OfferedTool[] }) {
  const summaryOf = useSummaries();
  if (tools.length === 0) return null;
  return (
    <div>
      <Text size="sm" fw={500}>
        {title}
      </Text>
      <List size="sm">
        {tools.map((one) => (
          <List.Item key={one.tool}>{summaryOf(one) || toolName(one.tool)}</List.Item>
        ))}
      </List>
    </div>
  );
}
