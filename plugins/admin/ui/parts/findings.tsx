/** What a test of settings has found, a sentence for each thing that was tried. */
import { Alert, Button, Group, Stack } from '@mantine/core';
import { NotSaved } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';

/** What a test has found and somebody may take over. */
export interface Offer {
  setting: string;
  values: Record<string, string>;
}

interface Finding {
  ok: boolean;
  text: string;
  offer?: Offer;
}

interface FindingsProps {
  found: readonly Finding[];
  error: unknown;
  /** Puts what is offered into the form. */
  onTake?(offer: Offer): void;
}

export function Findings({ found, error, onTake }: FindingsProps) {
  const { t } = useTranslation('admin');
  return (
    <Stack gap="xs" aria-live="polite">
      {error ? <NotSaved error={error} form={undefined} /> : null}
      {found.map(({ ok, text, offer }) => (
        <Alert
          key={text}
          color={ok ? 'green' : 'red'}
          title={t(ok ? 'serverSettings.passed' : 'serverSettings.failed')}
        >
          {text}
          {offer && onTake && (
            <Group mt="xs">
              <Button size="xs" variant="default" onClick={() => onTake(offer)}>
                {t('serverSettings.take')}
              </Button>
            </Group>
          )}
        </Alert>
      ))}
    </Stack>
  );
}
