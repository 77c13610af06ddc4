/** What a test of settings has found, a sentence for each thing that was tried. */
import { Alert, Stack } from '@mantine/core';
import { NotSaved } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';

type Found = readonly { ok: boolean; text: string }[];

export function Findings({ found, error }: { found: Found; error: unknown }) {
  const { t } = useTranslation('admin');
  return (
    <Stack gap="xs" aria-live="polite">
      {error ? <NotSaved error={error} form={undefined} /> : null}
      {found.map(({ ok, text }) => (
        <Alert
          key={text}
          color={ok ? 'green' : 'red'}
          title={t(ok ? 'serverSettings.passed' : 'serverSettings.failed')}
        >
          {text}
        </Alert>
      ))}
    </Stack>
  );
}
