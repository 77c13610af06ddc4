/** What somebody is asked to decide, and the two answers. */
import { Alert, Button, Group, Stack, Text, Textarea } from '@mantine/core';
import { api, Failure } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { decideApproval } from '../bounds.ts';

export interface Asked {
  title: string;
  text: string;
  /** Null before anybody has decided. */
  decided: boolean | null;
}

interface DecisionProps {
  asked: Asked;
  token: string;
  onDecided(asked: Asked): void;
}

export function Decision({ asked, token, onDecided }: DecisionProps) {
  const { t } = useTranslation('workflows');
  const [comment, setComment] = useState('');
  const [busy, setBusy] = useState<boolean | null>(null);
  const [error, setError] = useState<unknown>(null);
  const decide = async (approved: boolean) => {
    setBusy(approved);
    setError(null);
    try {
      const body = { token, approved, ...(comment.trim() !== '' && { comment: comment.trim() }) };
      const { data } = await api.POST('/api/platform/approvals', { body });
      if (data) onDecided(data);
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(null);
    }
  };
  return (
    <Stack gap="sm">
      <Text style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{asked.text}</Text>
      {asked.decided === null ? (
        <>
          <Textarea
            label={t('approvals.comment')}
            value={comment}
            onChange={(event) => setComment(event.currentTarget.value)}
            {...decideApproval.comment}
            autosize
            minRows={2}
            maxRows={8}
          />
          {error !== null && <Failure error={error} />}
          <Group>
            <Button
              loading={busy === true}
              onClick={() => void decide(true)}
              aria-label={t('approvals.approveNamed', { title: asked.title })}
            >
              {t('approvals.approve')}
            </Button>
            <Button
              variant="default"
              loading={busy === false}
              onClick={() => void decide(false)}
              aria-label={t('approvals.declineNamed', { title: asked.title })}
            >
              {t('approvals.decline')}
            </Button>
          </Group>
        </>
      ) : (
        <Alert color={asked.decided ? 'teal' : 'gray'} role="status">
          {t(asked.decided ? 'approvals.approved' : 'approvals.declined')}
        </Alert>
      )}
    </Stack>
  );
}
