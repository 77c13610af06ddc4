/** Who answers by itself at the moment, and the switch between it and people. */
import { Alert, Button, Group, Text } from '@mantine/core';
import { Sentence, Time } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import type { ConversationActions } from './conversation-actions.ts';
import classes from './inbox.module.css';
import type { Conversation } from './place.ts';

/** A pause beyond it has no end: it lasts until somebody says otherwise. */
const LONGEST_PAUSE_MS = 30 * 24 * 3600_000;

interface AutomaticBannerProps {
  conversation: Conversation;
  actions: ConversationActions;
}

export function AutomaticBanner({ conversation, actions }: AutomaticBannerProps) {
  const { t } = useTranslation('robots');
  const { id, automatic, opted_out, consent } = conversation;
  if (opted_out)
    return (
      <Alert color="red" px="sm" py={6} radius={0}>
        {t('automatic.optedOut')}
      </Alert>
    );
  if (consent === 'refused')
    return (
      <Alert color="red" px="sm" py={6} radius={0}>
        {t('automatic.consentRefused')}
      </Alert>
    );
  return (
    <Alert color={automatic ? 'gray' : 'yellow'} px="sm" py={6} radius={0} role="status">
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Text size="sm" component="span" className={classes.why}>
          <Why conversation={conversation} />
        </Text>
        <Button
          size="compact-sm"
          variant="default"
          flex="none"
          onClick={() => void actions.switchAutomatic(id, !automatic)}
        >
          {t(automatic ? 'automatic.takeOver' : 'automatic.resume')}
        </Button>
      </Group>
    </Alert>
  );
}

function Why({ conversation: { automatic, loop, paused_until, paused_by } }: { conversation: Conversation }) {
  const { t } = useTranslation('robots');
  if (automatic) return t('automatic.on');
  if (loop) return t('automatic.loop');
  if (paused_until === null || Date.parse(paused_until) > Date.now() + LONGEST_PAUSE_MS) return t('automatic.off');
  return (
    <Sentence
      text={t(paused_by === 'name' ? 'automatic.pausedByName' : 'automatic.paused')}
      parts={{ when: <Time at={paused_until} /> }}
    />
  );
}
