/** The command that says something in a conversation. */
import type { CommandOrigin, NewCommand } from '../contract.ts';
import type { RobotRow } from '../robots/tables.ts';
import { SEND_MESSAGE, SEND_TYPES } from './command-types.ts';

/** Into a group with the name of who is spoken to, to a person as such. */
export function textCommand(
  { robot_id, tenant_id }: Pick<RobotRow, 'robot_id' | 'tenant_id'>,
  { group_name, person }: { group_name: string; person: string },
  content: string,
  origin: CommandOrigin,
): NewCommand {
  const place = group_name === '' ? { titleList: [person] } : { titleList: [group_name], atList: [person] };
  return {
    robotId: robot_id,
    tenantId: tenant_id,
    code: SEND_TYPES.text,
    type: SEND_MESSAGE,
    origin,
    params: { type: 'text', ...place, content },
  };
}
