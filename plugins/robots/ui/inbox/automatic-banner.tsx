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
  const how = useHow(robot_id);
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
  const isEndless = isWithoutEnd(conversation);
  if (state === 'closed' || how === null) return null;
  // Nobody misses drafts for the while in which a person answers.
  if (how === 'drafts' && !automatic && !isEndless) return null;
  return (
    <Alert color={automatic ? 'gray' : 'yellow'} px="sm" py={6} radius={0} role="status">
      <Group justify="space-between" gap="xs" wrap="nowrap" className={classes.automatic}>
        <Text size="sm" component="span" className={classes.why}>
          {how === 'drafts' ? (
            t(automatic ? 'automatic.drafts' : 'automatic.noDrafts')
          ) : (
            <Why conversation={conversation} isEndless={isEndless} />
          )}
        </Text>
        <Button
          size="compact-sm"
          variant="default"
          flex="none"
          onClick={() => void actions.switchAutomatic(id, !automatic)}
        >
          {t(buttonOf(how, automatic))}
        </Button>
      </Group>
    </Alert>
  );
}

function buttonOf(how: How, automatic: boolean) {
  if (automatic) return 'automatic.takeOver';
  return how === 'drafts' ? 'automatic.resumeDrafts' : 'automatic.resume';
}

/** What is made without a person: answers, or drafts of them. */
type How = 'answers' | 'drafts';

/** Null where there is neither, or it is not known yet. Who may not read the rules is told of answers, which there may be. */
function useHow(robotId: string): How | null {
  const hasRules = useMay()('ai-replies.answering');
  const { data } = $api.useQuery('get', '/api/platform/ai/answering', {}, { enabled: hasRules });
  if (!hasRules) return 'answers';
  const how = data?.robots.find(({ robot_id }) => robot_id === robotId)?.answers;
  if (how === 'drafts') return 'drafts';
  return how === 'alone' || how === 'elsewhere' ? 'answers' : null;
}

function isWithoutEnd({ loop, paused_until }: Conversation): boolean {
  return loop || paused_until === null || Date.parse(paused_until) > Date.now() + LONGEST_PAUSE_MS;
}

function Why({ conversation, isEndless }: { conversation: Conversation; isEndless: boolean }) {
  const { t } = useTranslation('robots');
  const { automatic, loop, paused_until, paused_by } = conversation;
  if (automatic) return t('automatic.on');
  if (loop) return t('automatic.loop');
  if (isEndless) return t('automatic.off');
  return (
    <Sentence
      text={t(paused_by === 'name' ? 'automatic.pausedByName' : 'automatic.paused')}
      parts={{ when: <Time at={paused_until} /> }}
    />
  );
}
