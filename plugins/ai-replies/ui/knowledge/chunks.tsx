/** What a document was cut into, in its order. */
import { Group, Paper, Stack, Text, Title } from '@mantine/core';
import { Loaded, useRows } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { CHUNKS, type KnowledgeDocument } from './knowledge-data.ts';

export function Chunks({ document: { id, chunks } }: { document: KnowledgeDocument }) {
  const { t } = useTranslation('ai-replies');
  const rows = useRows(CHUNKS, { at: { id } });
  return (
    <section aria-label={t('documents.chunks')}>
      <Title order={2} size="h4" mb="sm">
        {t('documents.chunks')}
      </Title>
      <Loaded of={rows}>
        {(items) => (
          <Stack component="ol" p={0} m={0} gap="xs">
            {items.map(({ id: chunk, headings, page, tokens, text, place }) => (
              <Paper key={chunk} component="li" withBorder radius="md" p="sm" style={{ listStyle: 'none' }}>
                <Group justify="space-between" gap="xs">
                  <Text size="sm" fw={500}>
                    {headings.length > 0 ? headings.join(' › ') : t('documents.passage', { place: place + 1 })}
                  </Text>
                  <Text size="xs" c="dimmed">
                    {[page !== null && t('passage.page', { page }), t('documents.tokens', { count: tokens })]
                      .filter(Boolean)
                      .join(' · ')}
                  </Text>
                </Group>
                <Text size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
                  {text}
                </Text>
              </Paper>
            ))}
            {items.length < chunks && (
              <Text size="sm" c="dimmed" component="li" style={{ listStyle: 'none' }}>
                {t('documents.further', { count: chunks - items.length })}
              </Text>
            )}
          </Stack>
        )}
      </Loaded>
    </section>
  );
}
