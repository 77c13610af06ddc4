/** One knowledge base: its documents, and what is found in it. */
import { Button, Group, Menu, Stack } from '@mantine/core';
import IconChevronDown from '@tabler/icons-react/dist/esm/icons/IconChevronDown.mjs';
import { $api, Confirm, Link, Loaded, later, notifyDone, useParam, useRouter } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DocumentsTable } from '../knowledge/documents-table.tsx';
import { BASE, BASES, type Base, EXPORT } from '../knowledge/knowledge-data.ts';
import { SourcesPanel } from '../knowledge/sources-panel.tsx';
import { Upload } from '../knowledge/upload.tsx';
import { useReadAgain } from '../parts/ai-data.ts';
import { AiPage } from '../parts/ai-page.tsx';

const EXPORTS = ['csv', 'jsonl'] as const;
const BaseForm = later(() => import('../knowledge/base-form.tsx').then(({ BaseForm }) => BaseForm));
const PageForm = later(() => import('../knowledge/page-form.tsx').then(({ PageForm }) => PageForm));
const SearchPanel = later(() => import('../knowledge/search-panel.tsx').then(({ SearchPanel }) => SearchPanel));
const TextForm = later(() => import('../knowledge/text-form.tsx').then(({ TextForm }) => TextForm));

export default function BasePage() {
  const { t } = useTranslation('ai-replies');
  const id = useParam('id');
  const base = $api.useQuery('get', BASE, { params: { path: { id } } });
  return (
    <AiPage
      title={base.data?.name ?? t('bases.one')}
      trail={[{ title: t('knowledge.title'), to: '/assistants/knowledge' }]}
      actions={base.data && <Actions base={base.data} />}
    >
      <Loaded of={base}>
        {() => (
          <Stack>
            <Upload base={id} />
            <SourcesPanel base={id} />
            <DocumentsTable base={id} />
            <SearchPanel bases={[id]} />
          </Stack>
        )}
      </Loaded>
    </AiPage>
  );
}

function Actions({ base }: { base: Base }) {
  const { t } = useTranslation('ai-replies');
  const { go } = useRouter();
  const [open, setOpen] = useState<'settings' | 'page' | 'text' | 'delete' | null>(null);
  const readAgain = useReadAgain(BASES);
  const remove = $api.useMutation('delete', BASE);
  const close = () => setOpen(null);
  const { id, name } = base;
  return (
    <Group gap="xs">
      <Button component={Link} to="/assistants/knowledge?tab=ask" variant="default">
        {t('ask.title')}
      </Button>
      <Button variant="default" onClick={() => setOpen('page')}>
        {t('documents.addPage')}
      </Button>
      <Button variant="default" onClick={() => setOpen('text')}>
        {t('documents.addText')}
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" rightSection={<IconChevronDown size={16} aria-hidden />}>
            {t('bases.more')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => setOpen('settings')}>{t('bases.settings')}</Menu.Item>
          {EXPORTS.map((format) => (
            <Menu.Item
              key={format}
              component="a"
              href={`${EXPORT}?${new URLSearchParams({ base_id: id, format })}`}
              download
            >
              {t(`bases.export.${format}`)}
            </Menu.Item>
          ))}
          <Menu.Item color="red" onClick={() => setOpen('delete')}>
            {t('bases.delete')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {open === 'settings' && <BaseForm base={base} onClose={close} />}
      {open === 'page' && <PageForm base={id} document={null} onClose={close} />}
      {open === 'text' && <TextForm base={id} onClose={close} />}
      <Confirm
        title={t('bases.delete')}
        name={name}
        action={t('bases.delete')}
        isOpen={open === 'delete'}
        onClose={close}
        onConfirm={async () => {
          await remove.mutateAsync({ params: { path: { id } } });
          go('/assistants/knowledge');
          await readAgain();
          notifyDone(t('bases.deleted', { name }));
        }}
      >
        {t('bases.deleteText')}
      </Confirm>
    </Group>
  );
}
