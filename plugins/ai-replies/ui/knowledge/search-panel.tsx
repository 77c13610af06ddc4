/** What is found for a question: the approved answer, passages with their scores, and those that do not fit well enough. */
import { Alert, Button, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import IconSearch from '@tabler/icons-react/dist/esm/icons/IconSearch.mjs';
import { $api, Failure, Panel } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { searchKnowledge } from '../bounds.ts';
import { type FoundPassage, Passage } from '../parts/passage.tsx';

/** In all bases unless it is told which. */
export function SearchPanel({ bases }: { bases?: string[] }) {
  const { t } = useTranslation('ai-replies');
  const [text, setText] = useState('');
  const search = $api.useMutation('post', '/api/platform/ai/search');
  const found = search.data;
  return (
    <Panel title={t('search.title')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          search.mutate({ body: { text: text.trim(), ...(bases && { bases }), limit: 5 } });
        }}
      >
        <Group gap="xs" align="flex-end">
          <TextInput
            label={t('search.question')}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            {...searchKnowledge.text}
            flex={1}
            miw={180}
          />
          <Button
            type="submit"
            variant="default"
            leftSection={<IconSearch size={16} aria-hidden />}
            loading={search.isPending}
            disabled={text.trim() === ''}
          >
            {t('search.search')}
          </Button>
        </Group>
      </form>
      {search.error && <Failure error={search.error} />}
      <div role="status">
        {found && (
          <Stack gap="md">
            {found.approved && (
              <Alert color="teal" title={t('bench.approved')}>
                <Text size="sm" fw={500}>
                  {found.approved.question}
                </Text>
                <Text size="sm">{found.approved.answer}</Text>
              </Alert>
            )}
            <Text size="sm" c="dimmed">
              {t(found.by.meaning ? 'search.byMeaning' : 'search.byWords')}
            </Text>
            <Hits title={t('bench.found', { count: found.passages.length })} of={found.passages} />
            {found.below_floor.length > 0 && <Hits title={t('search.below')} of={found.below_floor} below />}
          </Stack>
        )}
      </div>
    </Panel>
  );
}

function Hits({ title, of, below = false }: { title: string; of: readonly FoundPassage[]; below?: boolean }) {
  return (
    <Stack gap="xs">
      <Title order={3} size="h5">
        {title}
      </Title>
      <Stack component="ul" p={0} m={0} gap="xs">
        {of.map((passage) => (
          <Passage key={passage.id} of={passage} below={below} />
        ))}
      </Stack>
    </Stack>
  );
}
