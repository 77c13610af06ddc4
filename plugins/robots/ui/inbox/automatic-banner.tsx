/** Who answers by itself at the moment, and the switch between it and people. */
import { Alert, Button, Group, Text } from '@mantine/core';
import { $api, Sentence, Time, useMay } from 'patchbay-platform/ui';
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
  const { id, automatic, opted_out, consent, state, robot_id } = conversation;
  const speaks = useMaySpeak(robot_id);
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
  if (state === 'closed' || !speaks) return null;
  return (
    <Alert color={automatic ? 'gray' : 'yellow'} px="sm" py={6} radius={0} role="status">
      <Group justify="space-between" gap="xs" wrap="nowrap" className={classes.automatic}>
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

/** Whether anything of the robot is sent without a person. Who may not read its rules is not told that there is nothing. */
function useMaySpeak(robotId: string): boolean {
  const hasRules = useMay()('ai-replies.answering');
  const { data } = $api.useQuery('get', '/api/platform/ai/answering', {}, { enabled: hasRules });
  if (!hasRules) return true;
  const how = data?.robots.find(({ robot_id }) => robot_id === robotId)?.answers;
  return how === 'alone' || how === 'elsewhere';
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
