/** A passage that was found: where it stands, how well it fits and by what it was found. */
import { Anchor, Badge, Group, Paper, Spoiler, Stack, Text } from '@mantine/core';
import { Link, useFormats } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';

interface Place {
  document_id: string;
  document: string;
  headings: readonly string[];
  page: number | null;
}

export interface FoundPassage extends Place {
  id: string;
  text: string;
  score: number;
  found: { words: number | null; meaning: number | null; rerank: number | null };
}

const WAYS = ['words', 'meaning', 'rerank'] as const;
const FOLDED_PX = 110;

/** `below`: it does not fit well enough to be used. */
export function Passage({ of: passage, below = false }: { of: FoundPassage; below?: boolean }) {
  const { t } = useTranslation('ai-replies');
  const { percent } = useFormats();
  const ways = WAYS.filter((way) => passage.found[way] !== null);
  return (
    <Paper component="li" withBorder radius="md" p="sm" style={{ listStyle: 'none' }}>
      <Stack gap={6}>
        <Group justify="space-between" gap="xs">
          <PlaceOf of={passage} />
          <Group gap={4}>
            <Badge variant="light" color={below ? 'gray' : 'teal'} tt="none" radius="sm">
              {t('passage.score', { score: percent(passage.score) })}
            </Badge>
            {ways.map((way) => (
              <Badge key={way} variant="default" tt="none" radius="sm">
                {t(`passage.${way}`)}
              </Badge>
            ))}
          </Group>
        </Group>
        <Spoiler maxHeight={FOLDED_PX} showLabel={t('passage.more')} hideLabel={t('passage.less')}>
          <Text size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
            {passage.text}
          </Text>
        </Spoiler>
      </Stack>
    </Paper>
  );
}

/** Document, headings and page, as citations name them. */
export function PlaceOf({ of: { document, document_id, headings, page } }: { of: Place }) {
  const { t } = useTranslation('ai-replies');
  return (
    <Text size="sm" component="div" style={{ overflowWrap: 'anywhere' }}>
      <Anchor component={Link} to={`/assistants/knowledge/documents/${document_id}`} size="sm" fw={500}>
        {document}
      </Anchor>
      {headings.length > 0 && (
        <Text span size="sm" c="dimmed">
          {` › ${headings.join(' › ')}`}
        </Text>
      )}
      {page !== null && (
        <Text span size="sm" c="dimmed">
          {`, ${t('passage.page', { page })}`}
        </Text>
      )}
    </Text>
  );
}
