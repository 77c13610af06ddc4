/** Licences from another shop, in; all of them, out. What runs is seen again after the page was loaded anew. */
import { Anchor, Button, FileInput, List, Stack, Table, Text } from '@mantine/core';
import IconDownload from '@tabler/icons-react/dist/esm/icons/IconDownload.mjs';
import IconUpload from '@tabler/icons-react/dist/esm/icons/IconUpload.mjs';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import {
  ApiError,
  CodeView,
  Failure,
  isRecord,
  notifyDone,
  type Operation,
  OperationProgress,
  Page,
  Panel,
  send,
  Time,
  useLiveRefresh,
  useRows,
} from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

const OPERATIONS = '/api/platform/operations';
const IMPORTS = { query: { kind: 'licensing.import', sort: '-begun_at' }, limit: 5 };
const EXAMPLE = `activation_code,email,plan,valid_until,device_cap
ABCDE-FGHIJ-KLMN,ada@example.com,yearly,2027-12-31,5
`;

export default function Import() {
  const { t } = useTranslation('licensing');
  return (
    <Page title={t('import.title')} trail={[{ title: t('licences.title'), to: '/sales/licences' }]}>
      <Panel title={t('import.in')}>
        <Upload />
      </Panel>
      <LastImports />
      <Panel title={t('import.out')}>
        <Stack gap="sm" align="flex-start">
          <Text size="sm">{t('import.outText')}</Text>
          <Button
            component="a"
            href="/api/platform/licensing/export.csv"
            download
            variant="default"
            leftSection={<IconDownload size={16} aria-hidden />}
          >
            {t('import.download')}
          </Button>
        </Stack>
      </Panel>
    </Page>
  );
}

function Upload() {
  const { t } = useTranslation('licensing');
  const client = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const [isShown, setShown] = useState(false);
  const upload = useMutation({
    mutationFn: async (csv: File) => {
      const headers = { 'content-type': 'text/csv' };
      const answer = await send('/api/platform/licensing/import', { method: 'POST', headers, body: csv });
      return countsOf(await answer.json());
    },
    onSuccess(counts) {
      setFile(null);
      if (counts) notifyDone(t('import.done', counts));
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['get', OPERATIONS] }),
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (file) upload.mutate(file);
      }}
    >
      <Stack gap="sm" align="flex-start">
        <Text size="sm">{t('import.text')}</Text>
        <List size="sm">
          <List.Item>{t('import.columns')}</List.Item>
          <List.Item>{t('import.more')}</List.Item>
          <List.Item>{t('import.twice')}</List.Item>
        </List>
        <Anchor component="button" type="button" size="sm" onClick={() => setShown(!isShown)} aria-expanded={isShown}>
          {t('import.example')}
        </Anchor>
        {isShown && <CodeView label={t('import.example')} value={EXAMPLE} language="text" />}
        <FileInput
          label={t('import.file')}
          placeholder={t('import.choose')}
          accept=".csv,text/csv"
          value={file}
          onChange={setFile}
          clearable
          clearButtonProps={{ 'aria-label': t('import.clear') }}
          w="100%"
          maw={420}
        />
        <Button
          type="submit"
          disabled={!file}
          loading={upload.isPending}
          leftSection={<IconUpload size={16} aria-hidden />}
        >
          {t('import.begin')}
        </Button>
        {upload.error && <Wrong error={upload.error} />}
      </Stack>
    </form>
  );
}

/** What is wrong in which line. */
function Wrong({ error }: { error: unknown }) {
  const { t } = useTranslation('licensing');
  const lines =
    error instanceof ApiError && Array.isArray(error.detail.lines) ? error.detail.lines.filter(isRecord) : [];
  return (
    <Stack gap="sm" w="100%">
      <Failure error={error} />
      {lines.length > 0 && (
        <Table aria-label={t('import.wrong')}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={80}>{t('import.line')}</Table.Th>
              <Table.Th>{t('import.problem')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {lines.map(({ line, message }) => (
              <Table.Tr key={`${line} ${message}`}>
                <Table.Td>{String(line)}</Table.Td>
                <Table.Td>{String(message)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Stack>
  );
}

function LastImports() {
  const { t } = useTranslation('licensing');
  const imports = useRows(OPERATIONS, IMPORTS);
  useLiveRefresh(['operation.changed'], () => imports.refetch());
  if (!imports.data || imports.data.length === 0) return null;
  return (
    <Panel title={t('import.last')}>
      <Stack gap="md">
        {imports.data.map((operation) => (
          <OneImport key={operation.id} operation={operation} />
        ))}
      </Stack>
    </Panel>
  );
}

function OneImport({ operation }: { operation: Operation }) {
  const { t } = useTranslation('licensing');
  const counts = countsOf(operation.result);
  return (
    <Stack gap={2}>
      <OperationProgress operation={operation} />
      <Text size="xs" c="dimmed">
        <Time at={operation.begun_at} style="ago" />
        {counts && ` · ${t('import.done', counts)}`}
        {operation.state === 'running' && operation.total ? ` · ${operation.done ?? 0} / ${operation.total}` : ''}
      </Text>
    </Stack>
  );
}

function countsOf(result: unknown): { imported: number; skipped: number } | null {
  if (!isRecord(result)) return null;
  const { imported, skipped } = result;
  return typeof imported === 'number' && typeof skipped === 'number' ? { imported, skipped } : null;
}
