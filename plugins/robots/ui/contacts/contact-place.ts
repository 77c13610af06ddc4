/** Where a contact is known by its name alone: a robot, and a group. */
import { useRobotChoices } from '../parts/robots-data.ts';
import type { Contact } from './contacts-data.ts';

export function useContactPlace(): (contact: Pick<Contact, 'robot_id' | 'room'>) => string {
  const robots = new Map(useRobotChoices().map(({ value, label }) => [value, label]));
  return ({ robot_id, room }) =>
    [robot_id === null ? '' : (robots.get(robot_id) ?? robot_id), room].filter(Boolean).join(' · ');
}
