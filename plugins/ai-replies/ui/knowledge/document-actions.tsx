/** What can be done with a document. */
import { Button, Group, Menu } from '@mantine/core';
import IconChevronDown from '@tabler/icons-react/dist/esm/icons/IconChevronDown.mjs';
import { $api, Confirm, later, notifyDone, notifyFailed, useRouter } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useReadAgain } from '../parts/ai-data.ts';
import { DOCUMENT, DOCUMENTS, type KnowledgeDocument } from './knowledge-data.ts';
import { ReplaceFile } from './replace-file.tsx';

const PageForm = later(() => import('./page-form.tsx').then(({ PageForm }) => PageForm));

export function DocumentActions({ document }: { document: KnowledgeDocument }) {
  const { t } = useTranslation('ai-replies');
  const { go } = useRouter();
  const [open, setOpen] = useState<'change' | 'delete' | null>(null);
  const readAgain = useReadAgain(DOCUMENTS, DOCUMENT);
  const readAgainList = useReadAgain(DOCUMENTS);
  const remove = $api.useMutation('delete', DOCUMENT);
  const read = $api.useMutation('post', '/api/platform/ai/documents/{id}/read');
  const { id, name, base_id, url } = document;
  const file = `${DOCUMENT.replace('{id}', encodeURIComponent(id))}/file`;
  const again = async () => {
    await read.mutateAsync({ params: { path: { id } } }).catch(notifyFailed);
    await readAgain();
  };
  return (
    <Group gap="xs">
      {url === null && <ReplaceFile document={document} file={file} onDone={readAgain} />}
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
          go(`/assistants/knowledge/${base_id}`);
          await readAgainList();
          notifyDone(t('documents.deleted', { name }));
        }}
      >
        {t('documents.deleteText')}
      </Confirm>
    </Group>
  );
}
