/** At the end of a conversation: the answer of AI that waits for a person, sent, put into the field or discarded in place. */
import { Anchor, Button, Group, Paper, Stack, Text } from '@mantine/core';
import IconSparkles from '@tabler/icons-react/dist/esm/icons/IconSparkles.mjs';
import {
  api,
  type IfVersion,
  ifVersion,
  Link,
  notifyDone,
  notifyFailed,
  type PlaceProps,
  useLiveRefresh,
  useMay,
  useRows,
} from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { REPLIES, REPLY, REPLY_TOPICS, type Reply } from '../drafts/replies-data.ts';
import { useReadAgain } from '../parts/ai-data.ts';

/** What people say themselves withdraws it. */
const TOPICS = [...REPLY_TOPICS, 'conversation.answered', 'conversation.handed_over', 'conversation.closed'] as const;

export default function WaitingDraft(props: PlaceProps<'robots.timeline'>) {
  return useMay()('ai-replies.drafts') ? <Waiting {...props} /> : null;
}

function Waiting({ subject, put }: PlaceProps<'robots.timeline'>) {
  // It is in the field now, and withdrawn when that is sent.
  const [taken, setTaken] = useState<string | null>(null);
  const drafts = useRows(REPLIES, { query: { state: 'draft', conversation_id: subject } });
  useLiveRefresh(TOPICS, () => drafts.refetch());
  const take = ({ id, text }: Reply) => {
    setTaken(id);
    put(text);
  };
  return drafts.data
    ?.filter(({ id }) => id !== taken)
    .map((draft) => <Draft key={draft.id} draft={draft} onEdit={() => take(draft)} />);
}

function Draft({ draft, onEdit }: { draft: Reply; onEdit(): void }) {
  const { t } = useTranslation('ai-replies');
  const readAgain = useReadAgain(REPLIES);
  const [isBusy, setBusy] = useState(false);
  const { id, text, sources, version } = draft;
  const decide = async (
    work: (params: { path: { id: string }; header: IfVersion }) => Promise<unknown>,
    said: string,
  ) => {
    setBusy(true);
    try {
      await work({ path: { id }, header: ifVersion(version) });
      notifyDone(said);
    } catch (error) {
      notifyFailed(error);
    }
    await readAgain();
    setBusy(false);
  };
  return (
    <Paper
      component="section"
      aria-label={t('drafts.inPlace')}
      withBorder
      radius="md"
      p="xs"
      m="sm"
      mt={0}
      ml="auto"
      w="fit-content"
      maw="min(34rem, 85%)"
      style={{ borderStyle: 'dashed' }}
    >
      <Stack gap={6}>
        <Group gap={6} justify="space-between">
          <Text size="xs" fw={600} component="span">
            <IconSparkles size={12} aria-hidden /> {t('drafts.inPlace')}
          </Text>
          <Anchor component={Link} to={`/inbox/drafts?draft=${id}`} size="xs">
            {sources.length > 0 ? t('drafts.from', { count: sources.length }) : t('drafts.noSource')}
          </Anchor>
        </Group>
        <Text size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
          {text}
        </Text>
        <Group gap="xs">
          <Button
            size="compact-sm"
            loading={isBusy}
            onClick={() => void decide((params) => api.POST(`${REPLY}/send`, { params, body: {} }), t('drafts.sent'))}
          >
            {t('drafts.sendAsIs')}
          </Button>
          <Button size="compact-sm" variant="default" disabled={isBusy} onClick={onEdit}>
            {t('drafts.edit')}
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            disabled={isBusy}
            onClick={() => void decide((params) => api.POST(`${REPLY}/reject`, { params }), t('drafts.rejected'))}
          >
            {t('drafts.discard')}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}
