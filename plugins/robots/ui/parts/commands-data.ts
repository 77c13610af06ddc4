/** Commands of a robot as pages read them. */
import type { RowOf } from 'patchbay-platform/ui';

export const COMMANDS = '/api/platform/robots/robots/{id}/commands';
export type Command = RowOf<typeof COMMANDS>;
export const COMMAND_STATES = ['pending', 'dispatched', 'succeeded', 'failed', 'expired'] as const;
/** Those that people ask for most; any other is found by its name on the wire. */
export const COMMAND_TYPES = [
  'send_message',
  'send_file',
  'send_link',
  'send_mini_program',
  'forward_message',
  'recall_message',
  'create_group',
  'update_group',
  'get_group_info',
  'get_group_qrcode',
  'get_group_members',
  'get_friend_info',
  'get_all_friends',
  'get_all_groups',
  'add_friend_by_phone',
  'accept_friends',
] as const;

/** By the words that have a colour. */
export const COMMAND_WORDS = {
  pending: 'waiting',
  dispatched: 'running',
  succeeded: 'done',
  failed: 'failed',
  expired: 'expired',
} as const;
