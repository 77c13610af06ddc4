/** Whether a mail is from whom it says, by SPF, DKIM, DMARC and ARC, and what that rests on. */
import { Group, Popover, Stack, Text, UnstyledButton, VisuallyHidden } from '@mantine/core';
import { Facts, State } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import type { OpenMail } from './mail-actions.ts';

const METHODS = ['spf', 'dkim', 'dmarc', 'arc'] as const;

export function Authentication({ mail }: { mail: Pick<OpenMail, 'authentication' | 'envelope'> }) {
  const { t, i18n } = useTranslation('mail');
  const { authentication, envelope } = mail;
  const word = (result: string) => (i18n.exists(`auth.is.${result}`, { ns: 'mail' }) ? t(`auth.is.${result}`) : result);
  return (
    <Popover position="bottom-end" width={380} withArrow shadow="md" withRoles={false}>
      <Popover.Target>
        <UnstyledButton>
          <Group gap={4}>
            <VisuallyHidden>{t('auth.title')}</VisuallyHidden>
            {authentication ? (
              METHODS.filter((method) => method !== 'arc' || authentication.arc !== 'none').map((method) => (
                <State
                  key={method}
                  value={authentication[method]}
                  text={`${method.toUpperCase()} ${word(authentication[method])}`}
                />
              ))
            ) : (
              <State value="unchecked" text={t('auth.unchecked')} />
            )}
          </Group>
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs">
          <Text fw={600} size="sm">
            {t('auth.title')}
          </Text>
          {!authentication && <Text size="sm">{t('auth.uncheckedText')}</Text>}
          <Facts
            of={[
              ...(authentication
                ? METHODS.map((method) => [method.toUpperCase(), word(authentication[method])] as const)
                : []),
              authentication !== null && [t('auth.signedBy'), authentication.dkim_domains.join(', ') || '–'],
              authentication !== null && [t('auth.policy'), authentication.dmarc_policy],
              [t('auth.envelopeFrom'), envelope.from || '–'],
              [t('auth.envelopeTo'), envelope.to],
              [t('auth.host'), `${envelope.helo} ${envelope.remote_ip}`.trim() || '–'],
            ]}
          />
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
