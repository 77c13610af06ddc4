/** First steps: a robot, made in a sheet. */
import type { StepProps } from 'patchbay-platform/ui';
import { NewRobot } from '../parts/new-robot.tsx';

export default function RobotStep({ onClose }: StepProps) {
  return <NewRobot staysHere onClose={onClose} />;
}
