/** Imports of many documents: how far each is, what became of it, and what was wrong with which document. */
import { Stack, Table, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { isRecord, type Operation, OperationProgress, send, Time, useLiveRefresh, useRows } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { useReadAgain } from '../parts/ai-data.ts';
import { DOCUMENTS, IMPORT } from './knowledge-data.ts';

const OPERATIONS = '/api/platform/operations';
const LATEST = { query: { kind: 'ai-replies.import', sort: '-begun_at' }, limit: 2 };
const COUNTS = ['added', 'replaced', 'unchanged', 'failed'] as const;

export function useImport(base: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (file: File) => {
      const path = IMPORT.replace('{id}', encodeURIComponent(base));
      const headers = { 'content-type': 'application/octet-stream' };
      await (await send(path, { method: 'POST', headers, body: file })).text();
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['get', OPERATIONS] }),
  });
}

export function Imports() {
  const { t } = useTranslation('ai-replies');
  const imports = useRows(OPERATIONS, LATEST);
  const readAgain = useReadAgain(DOCUMENTS);
  useLiveRefresh(['operation.changed'], () => Promise.all([imports.refetch(), readAgain()]));
  if (!imports.data || imports.data.length === 0) return null;
  return (
    <Stack gap="sm" component="section" aria-label={t('imports.title')}>
      {imports.data.map((operation) => (
        <OneImport key={operation.id} operation={operation} />
      ))}
    </Stack>
  );
}

function OneImport({ operation }: { operation: Operation }) {
  const { t } = useTranslation('ai-replies');
  const result = isRecord(operation.result) ? operation.result : {};
  const errors = Array.isArray(result.errors) ? result.errors.filter(isRecord) : [];
  const counts = COUNTS.filter((name) => Number(result[name] ?? 0) > 0).map((name) =>
    t(`imports.${name}`, { count: Number(result[name]) }),
  );
  return (
    <Stack gap={4}>
      <OperationProgress operation={operation} />
      <Text size="xs" c="dimmed">
        <Time at={operation.begun_at} style="ago" />
        {counts.length > 0 && ` · ${counts.join(' · ')}`}
      </Text>
      {errors.length > 0 && (
        <Table aria-label={t('imports.wrong')}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('imports.where')}</Table.Th>
              <Table.Th>{t('documents.reason')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {errors.map(({ line, name, message }) => (
              <Table.Tr key={`${line} ${name} ${message}`}>
                <Table.Td>
                  {Number(line) > 0 && `${t('imports.line', { line })} `}
                  {String(name)}
                </Table.Td>
                <Table.Td lang="en">{String(message)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Stack>
  );
}
