/** Asks under which name this server is to be reached, and gives the configuration with which it gets its certificate. */
import { Code, Group, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { CopyButton, useMe } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

const NAME = /^([a-z\d]([a-z\d-]*[a-z\d])?\.)+[a-z][a-z\d-]*$/i;
const EMAIL = /^[\w.+-]+@[\w.-]+$/;

export function AddressForm() {
  const { t } = useTranslation('admin');
  const { plugins } = useMe();
  const hasMail = plugins.some(({ name }) => name === 'mail');
  const [name, setName] = useState('');
  const [mail, setMail] = useState('');
  const [email, setEmail] = useState('');
  const wrong = (text: string, pattern: RegExp): boolean => text !== '' && !pattern.test(text);
  const config = configOf({
    name: name && NAME.test(name) ? name : 'patchbay.your-company.com',
    email: email && EMAIL.test(email) ? email : 'you@your-company.com',
    mail: hasMail ? (mail && NAME.test(mail) ? mail : 'your-company.com') : null,
  });
  return (
    <Stack gap="xs">
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput
          label={t('address.name')}
          description={t('address.nameText')}
          placeholder="patchbay.your-company.com"
          error={wrong(name, NAME) && t('address.wrongName')}
          value={name}
          onChange={(event) => setName(event.currentTarget.value.trim())}
        />
        <TextInput
          label={t('address.email')}
          description={t('address.emailText')}
          placeholder="you@your-company.com"
          error={wrong(email, EMAIL) && t('address.wrongEmail')}
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value.trim())}
        />
        {hasMail && (
          <TextInput
            label={t('address.mail')}
            description={t('address.mailText')}
            placeholder="your-company.com"
            error={wrong(mail, NAME) && t('address.wrongName')}
            value={mail}
            onChange={(event) => setMail(event.currentTarget.value.trim())}
          />
        )}
      </SimpleGrid>
      <Group gap={4}>
        <Text size="sm">{t('address.write')}</Text>
        <CopyButton value={config} label={t('address.copy')} />
      </Group>
      <Code block tabIndex={0}>
        {config}
      </Code>
      <Text size="sm" c="dimmed">
        {t(hasMail ? 'address.portsWithMail' : 'address.ports')} {t('address.agree')}
      </Text>
    </Stack>
  );
}

function configOf({ name, email, mail }: { name: string; email: string; mail: string | null }): string {
  const http = `http:
  host: 0.0.0.0
  port: 443
  tls:
    acme: { domains: [${name}], email: ${email}, agree: true }`;
  if (mail === null) return http;
  return `${http}
plugins:
  mail:
    domains: [${mail}]
    smtp: { host: 0.0.0.0, port: 25, hostname: ${name} }`;
}
