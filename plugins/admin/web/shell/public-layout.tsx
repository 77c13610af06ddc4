/** Around pages for strangers: signing in, and what mailed links open. */
import { Box, Center, Container, Group, Stack, Title } from '@mantine/core';
import { Outlet } from '@tanstack/react-router';
import { LanguageButton, SchemeButton } from './preferences.tsx';

export default function PublicLayout() {
  return (
    <Box mih="100dvh">
      <Group component="header" justify="space-between" p="md">
        <Title order={2} size="h4" component="p">
          Patchbay
        </Title>
        <Group gap="xs">
          <LanguageButton />
          <SchemeButton />
        </Group>
      </Group>
      <Container component="main" size="xs" id="main" pb="xl">
        <Center>
          <Stack w="100%" pt={{ base: 'md', sm: 'xl' }}>
            <Outlet />
          </Stack>
        </Center>
      </Container>
    </Box>
  );
}
