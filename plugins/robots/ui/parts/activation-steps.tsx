/** How a phone becomes a robot that was made here: a code, written into the phone together with the id of the robot. */
import { Alert, Anchor, Button, Group, List, Text } from '@mantine/core';
import { Id, Link, later, Panel, Sentence, useMe } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

const NewCodes = later(() => import('./new-codes.tsx').then(({ NewCodes }) => NewCodes));
const MadeCodes = later(() => import('./new-codes.tsx').then(({ MadeCodes }) => MadeCodes));

/** How a client of the WorkBot API becomes a robot. */
const GUIDE = '/help/robots#a-robot-from-first-to-last';

export function ActivationSteps({ robotId, name }: { robotId: string; name: string }) {
  const { t } = useTranslation('robots');
  const isOperator = useMe().is_superadmin;
  const [isMaking, setMaking] = useState(false);
  const [made, setMade] = useState<readonly string[] | null>(null);
  return (
    <Panel title={t('activation.title')}>
      <Text size="sm" mb="sm">
        {t('activation.needs')}
      </Text>
      <List type="ordered" size="sm" spacing="sm">
        <List.Item>
          <Text size="sm">{t(isOperator ? 'activation.code' : 'activation.askForCode')}</Text>
          <Group gap="xs" mt={4}>
            {isOperator && (
              <Button size="compact-sm" onClick={() => setMaking(true)}>
                {t('activation.make')}
              </Button>
            )}
            <Anchor component={Link} to="/assistants/codes?status=unused" size="sm">
              {t('activation.free')}
            </Anchor>
          </Group>
        </List.Item>
        <List.Item>
          <Text size="sm" component="div">
            <Sentence text={t('activation.enter')} parts={{ id: <Id key="id" value={robotId} /> }} />
          </Text>
        </List.Item>
        <List.Item>
          <Text size="sm">{t('activation.then')}</Text>
        </List.Item>
      </List>
      <Text size="sm" c="dimmed" mt="sm">
        {t('activation.without')}
      </Text>
      <Text size="sm" c="dimmed" component="div">
        <Sentence
          text={t('activation.otherwise')}
          parts={{
            channels: (
              <Anchor key="channels" component={Link} to="/assistants/channels" size="sm" underline="always">
                {t('channels.title')}
              </Anchor>
            ),
            guide: (
              <Anchor key="guide" component={Link} to={GUIDE} size="sm" underline="always">
                {t('activation.guide')}
              </Anchor>
            ),
          }}
        />
      </Text>
      {isMaking && <NewCodes robot={name} onClose={() => setMaking(false)} onMade={setMade} />}
      {made && <MadeCodes codes={made} onClose={() => setMade(null)} />}
    </Panel>
  );
}

/** On the first page of a robot that no phone has become yet. */
export function NotActivated({ onOpen }: { onOpen(): void }) {
  const { t } = useTranslation('robots');
  return (
    <Alert color="blue" title={t('activation.none')}>
      <Group justify="space-between" gap="xs">
        <Text size="sm" flex="1 1 16rem">
          {t('activation.noneText')}
        </Text>
        <Button size="compact-sm" onClick={onOpen}>
          {t('activation.show')}
        </Button>
      </Group>
    </Alert>
  );
}
