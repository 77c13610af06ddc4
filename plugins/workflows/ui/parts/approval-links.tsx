/** Where no mail can be sent: the link to a decision, which somebody who runs the server gives by hand. */
import { Alert, Button, Stack, TextInput } from '@mantine/core';
import { $api, CopyButton, Failure, useCanSendMail, useMe } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';

export function ApprovalLinks({ execution }: { execution: string }) {
  const { t } = useTranslation('workflows');
  const { is_superadmin } = useMe();
  const canSend = useCanSendMail();
  const ask = $api.useMutation('post', '/api/platform/executions/{id}/approval-links');
  if (canSend) return null;
  if (!is_superadmin) return <Alert color="yellow">{t('approvals.linkAsk')}</Alert>;
  return (
    <Alert color="yellow">
      <Stack gap="xs" align="flex-start">
        {t('approvals.linkText')}
        {ask.data?.items.map(({ to, title, link }) => (
          <TextInput
            key={link}
            label={t('approvals.linkFor', { to, title })}
            value={link}
            readOnly
            w="100%"
            onFocus={(event) => event.currentTarget.select()}
            rightSection={<CopyButton value={link} label={t('approvals.linkCopy')} />}
          />
        ))}
        {ask.error && <Failure error={ask.error} />}
        {!ask.data && (
          <Button
            size="xs"
            variant="default"
            loading={ask.isPending}
            onClick={() => ask.mutate({ params: { path: { id: execution } } })}
          >
            {t('approvals.linkShow')}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}
