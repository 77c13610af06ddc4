/** One document: whether it was read, and the passages that it was cut into. */
import { Alert, Button, FileButton, Group, Menu, Paper, Stack, Text, Title } from '@mantine/core';
import IconChevronDown from '@tabler/icons-react/dist/esm/icons/IconChevronDown.mjs';
import {
  $api,
  Confirm,
  Count,
  Facts,
  Loaded,
  later,
  Mono,
  Panel,
  State,
  send,
  Time,
  tellDone,
  tellFailed,
  useFormats,
  useLive,
  useParam,
  useRouter,
  useRows,
} from 'patchbay/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  BASES,
  CHUNKS,
  DOCUMENT,
  DOCUMENT_LOOKS,
  DOCUMENTS,
  type KnowledgeDocument,
} from '../knowledge/knowledge-data.ts';
import { mediaTypeOf } from '../knowledge/media-type.ts';
import { scheduleName } from '../knowledge/schedules.ts';
import { useReadAgain } from '../parts/ai-data.ts';
import { AiPage } from '../parts/ai-page.tsx';

const PageForm = later(() => import('../knowledge/page-form.tsx').then(({ PageForm }) => PageForm));

export default function DocumentPage() {
  const { t } = useTranslation('ai-replies');
  const id = useParam('id');
  const document = $api.useQuery('get', DOCUMENT, { params: { path: { id } } });
  const { data: bases = [] } = useRows(BASES);
  useLive([`ai.document.read/${id}`], () => void document.refetch());
  const base = bases.find((one) => one.id === document.data?.base_id);
  return (
    <AiPage
      title={document.data?.name ?? t('documents.one')}
      trail={[
        { title: t('knowledge.title'), to: '/ai/knowledge' },
        ...(base ? [{ title: base.name, to: `/ai/knowledge/${base.id}` }] : []),
      ]}
      actions={document.data && <Actions document={document.data} />}
    >
      <Loaded of={document}>
        {(shown) => (
          <Stack>
            <About of={shown} />
            <Chunks key={`${shown.read_at} ${shown.chunks}`} document={shown} />
          </Stack>
        )}
      </Loaded>
    </AiPage>
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

function Chunks({ document: { id, chunks } }: { document: KnowledgeDocument }) {
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

function Actions({ document }: { document: KnowledgeDocument }) {
  const { t } = useTranslation('ai-replies');
  const { go } = useRouter();
  const [open, setOpen] = useState<'change' | 'delete' | null>(null);
  const readAgain = useReadAgain(DOCUMENTS, DOCUMENT);
  const readAgainList = useReadAgain(DOCUMENTS);
  const remove = $api.useMutation('delete', DOCUMENT);
  const read = $api.useMutation('post', '/api/platform/ai/documents/{id}/read');
  const { id, name, base_id, version, url } = document;
  const file = `${DOCUMENT.replace('{id}', encodeURIComponent(id))}/file`;
  const replace = async (chosen: File | null) => {
    if (!chosen) return;
    const headers = { 'content-type': mediaTypeOf(chosen), 'if-match': `"${version}"` };
    try {
      await send(file, { method: 'PUT', body: chosen, headers });
      tellDone(t('documents.reading'));
    } catch (error) {
      tellFailed(error);
    }
    await readAgain();
  };
  const again = async () => {
    await read.mutateAsync({ params: { path: { id } } }).catch(tellFailed);
    await readAgain();
  };
  return (
    <Group gap="xs">
      {url === null && (
        <FileButton onChange={(chosen) => void replace(chosen)}>
          {(props) => (
            <Button {...props} variant="default">
              {t('documents.replace')}
            </Button>
          )}
        </FileButton>
      )}
      <Button variant="default" loading={read.isPending} onClick={() => void again()}>
        {t('documents.readAgain')}
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" rightSection={<IconChevronDown size={16} aria-hidden />}>
            {t('bases.more')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item component="a" href={file} download>
            {t('documents.download')}
          </Menu.Item>
          <Menu.Item onClick={() => setOpen('change')}>{t('documents.change')}</Menu.Item>
          <Menu.Item color="red" onClick={() => setOpen('delete')}>
            {t('documents.delete')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {open === 'change' && <PageForm base={base_id} document={document} onClose={() => setOpen(null)} />}
      <Confirm
        title={t('documents.delete')}
        name={null}
        action={t('documents.delete')}
        isOpen={open === 'delete'}
        onClose={() => setOpen(null)}
        onConfirm={async () => {
          await remove.mutateAsync({ params: { path: { id } } });
          go(`/ai/knowledge/${base_id}`);
          await readAgainList();
          tellDone(t('documents.deleted', { name }));
        }}
      >
        {t('documents.deleteText')}
      </Confirm>
    </Group>
  );
}
