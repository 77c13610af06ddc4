/** One document: whether it was read, and the passages that it was cut into. */
import { Alert, Stack, Text } from '@mantine/core';
import {
  $api,
  Count,
  Facts,
  Loaded,
  Mono,
  Page,
  Panel,
  State,
  Time,
  useFormats,
  useLiveRefresh,
  useParam,
  useRows,
} from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { Chunks } from '../knowledge/chunks.tsx';
import { DocumentActions } from '../knowledge/document-actions.tsx';
import { BASES, DOCUMENT, DOCUMENT_LOOKS, type KnowledgeDocument } from '../knowledge/knowledge-data.ts';
import { scheduleName } from '../knowledge/schedules.ts';

export default function DocumentPage() {
  const { t } = useTranslation('ai-replies');
  const id = useParam('id');
  const document = $api.useQuery('get', DOCUMENT, { params: { path: { id } } });
  const { data: bases = [] } = useRows(BASES);
  useLiveRefresh([`ai.document.read/${id}`], () => document.refetch());
  const base = bases.find((one) => one.id === document.data?.base_id);
  return (
    <Page
      title={document.data?.name ?? t('documents.one')}
      trail={[
        { title: t('knowledge.title'), to: '/assistants/knowledge' },
        ...(base ? [{ title: base.name, to: `/assistants/knowledge/${base.id}` }] : []),
      ]}
      actions={document.data && <DocumentActions document={document.data} />}
    >
      <Loaded of={document}>
        {(shown) => (
          <Stack>
            <About of={shown} />
            <Chunks key={`${shown.read_at} ${shown.chunks}`} document={shown} />
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}

function About({ of }: { of: KnowledgeDocument }) {
  const { t } = useTranslation('ai-replies');
  const { bytes } = useFormats();
  const { state, reason, url, schedule, pages, chunks, has_vectors, read_at, next_read_at } = of;
  const often = scheduleName(schedule);
  return (
    <Panel title={t('documents.about')}>
      {reason !== '' && (
        <Alert color={state === 'failed' ? 'red' : 'yellow'} title={t(`documents.problem.${state}`)}>
          <Text size="sm" lang="en">
            {reason}
          </Text>
        </Alert>
      )}
      <Facts
        of={[
          [t('tools.state'), <State key="state" value={DOCUMENT_LOOKS[state]} text={t(`documentState.${state}`)} />],
          url !== null && [t('models.address'), <Mono key="url">{url}</Mono>],
          url !== null && [t('documents.schedule'), often === null ? schedule : t(`schedule.${often}`)],
          next_read_at !== null && [t('documents.nextRead'), <Time key="next" at={next_read_at} />],
          [t('documents.kind'), of.media_type || '–'],
          [t('documents.size'), bytes(of.size_bytes)],
          pages !== null && [t('documents.pages'), <Count key="pages" value={pages} />],
          [t('documents.chunks'), <Count key="chunks" value={chunks} />],
          [t('documents.foundBy'), t(has_vectors ? 'documents.byMeaning' : 'documents.byWords')],
          [t('documents.readAt'), <Time key="read" at={read_at} />],
        ]}
      />
    </Panel>
  );
}
