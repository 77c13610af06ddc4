/** Offline files of a licence that still work; a new one is made for a device that has no network. */
import { Button, Stack, Table, Text, TextInput } from '@mantine/core';
import { $api, CodeView, FormModal, issueOf, Loaded, notifyDone, Panel, Time, useRows } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { issueLicenceFile } from '../bounds.ts';
import { type ShownLicence, useReadLicencesAgain } from './shown-licence.ts';
import { useMayManage } from './use-may-manage.ts';

export function FilesPanel({ licence }: { licence: ShownLicence }) {
  const { t } = useTranslation('licensing');
  const mayManage = useMayManage();
  const [isOpen, setOpen] = useState(false);
  const [file, setFile] = useState<string | null>(null);
  const files = useRows('/api/platform/licensing/licences/{id}/files', { at: { id: licence.license_id } });
  return (
    <Panel
      title={t('files.title')}
      actions={
        mayManage &&
        licence.status === 'active' && (
          <Button variant="default" onClick={() => setOpen(true)}>
            {t('files.new')}
          </Button>
        )
      }
    >
      {file !== null && (
        <Stack gap="xs">
          <Text size="sm">{t('files.madeText')}</Text>
          <CodeView label={t('files.title')} value={file} language="text" isWrapped />
        </Stack>
      )}
      <Loaded of={files} lines={2}>
        {(rows) =>
          rows.length === 0 ? (
            <Text size="sm" c="dimmed">
              {t('files.none')}
            </Text>
          ) : (
            <Table>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{t('devices.id')}</Table.Th>
                  <Table.Th>{t('files.until')}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {rows.map(({ device_id, works_until }) => (
                  <Table.Tr key={device_id}>
                    <Table.Td>{device_id}</Table.Td>
                    <Table.Td>
                      <Time at={works_until} style="date" />
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          )
        }
      </Loaded>
      {isOpen && <FileForm id={licence.license_id} onMade={setFile} onClose={() => setOpen(false)} />}
    </Panel>
  );
}

function FileForm({ id, onMade, onClose }: { id: string; onMade(file: string): void; onClose(): void }) {
  const { t } = useTranslation('licensing');
  const readAgain = useReadLicencesAgain();
  const [device, setDevice] = useState('');
  const [name, setName] = useState('');
  const sign = $api.useMutation('post', '/api/licenses/{id}/file');
  const submit = async () => {
    const body = { device_id: device.trim(), ...(name.trim() !== '' && { device_name: name.trim() }) };
    const { file } = await sign.mutateAsync({ params: { path: { id } }, body });
    onMade(file);
    await readAgain();
    notifyDone(t('files.made'));
  };
  return (
    <FormModal title={t('files.new')} action={t('files.make')} isOpen onClose={onClose} onSubmit={submit}>
      {(error) => (
        <Stack gap="sm">
          <TextInput
            label={t('devices.id')}
            description={t('files.text')}
            value={device}
            onChange={(event) => setDevice(event.currentTarget.value)}
            required
            {...issueLicenceFile.device_id}
            error={issueOf(error, 'device_id')}
            data-autofocus
          />
          <TextInput
            label={t('devices.name')}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            {...issueLicenceFile.device_name}
          />
        </Stack>
      )}
    </FormModal>
  );
}
