/** One step of the first minutes: what it is about, what is to be done, and how it goes on. */
import { Button, Group, Stack } from '@mantine/core';
import IconArrowRight from '@tabler/icons-react/dist/esm/icons/IconArrowRight.mjs';
import { Panel } from 'patchbay-platform/ui';
import type { ReactNode } from 'react';

export interface StepCardProps {
  title: string;
  next: string;
  onNext(): void;
  /** Not yet: it can be passed over all the same. */
  isOpen?: boolean;
  children: ReactNode;
}

export function StepCard({ title, next, onNext, isOpen = false, children }: StepCardProps) {
  return (
    <Panel title={title}>
      <Stack gap="md">
        {children}
        <Group>
          <Button variant={isOpen ? 'default' : 'filled'} rightSection={<IconArrowRight size={16} />} onClick={onNext}>
            {next}
          </Button>
        </Group>
      </Stack>
    </Panel>
  );
}
