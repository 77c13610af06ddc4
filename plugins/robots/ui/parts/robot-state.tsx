/** Whether a robot is there now. */
import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { RobotStatus } from './robots-data.ts';

const COLORS: Readonly<Record<RobotStatus, string>> = { online: 'teal', offline: 'gray', deleted: 'red' };

export function RobotState({ status }: { status: RobotStatus }) {
  const { t } = useTranslation('robots');
  return (
    <Badge variant="light" color={COLORS[status]} tt="none" radius="sm">
      {t(`status.${status}`)}
    </Badge>
  );
}
