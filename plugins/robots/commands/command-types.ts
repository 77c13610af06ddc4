/** The table of commands of this family of robots: numbers, and their names on the wire (robots-ai of the WorkTool family, WorkBot documents). */

const NAMES: Readonly<Record<number, string>> = {
  201: 'stop_and_go_home',
  202: 'loop_receive',
  203: 'send_message',
  204: 'reply_message',
  205: 'forward_message',
  206: 'create_group',
  207: 'update_group',
  208: 'send_disk_image',
  209: 'send_disk_file',
  210: 'send_mini_program',
  211: 'send_office_document',
  212: 'accept_friends',
  213: 'add_friend_by_phone',
  214: 'show_group',
  218: 'send_file',
  219: 'dissolve_group',
  220: 'add_friend_from_group',
  221: 'add_todo',
  222: 'clock_in',
  223: 'switch_corp',
  224: 'send_link',
  225: 'remark_member',
  226: 'recall_message',
  227: 'forward_messages',
  228: 'forward_merged',
  229: 'send_messages',
  230: 'send_merged',
  231: 'call_voice',
  232: 'call_video',
  233: 'scan_code',
  234: 'delete_contact',
  301: 'get_log',
  302: 'clear_log',
  304: 'clear_commands',
  305: 'clear_command',
  501: 'get_group_info',
  502: 'get_friend_info',
  503: 'get_own_info',
  504: 'get_group_qrcode',
  505: 'get_recent',
  506: 'get_corps',
  507: 'get_all_friends',
  508: 'get_all_groups',
  509: 'get_file',
  512: 'get_group_members',
  900: 'send_favorite',
};

/** What `type` of `send-message` is: the number of the command that carries it out. */
export const SEND_TYPES = { text: 203, image: 218, video: 218, file: 218, link: 224, mini_program: 210 } as const;
export type SendType = keyof typeof SEND_TYPES;

/** Every `type` of `send-message` has this name on the wire, whichever number carries it out. */
export const SEND_MESSAGE = 'send_message';
/** The result of a command that asked for a group's QR code. */
export const GROUP_QRCODE = 504;

/** `command_<number>` for those that are not in the table. */
export function nameOfCommand(code: number): string {
  return NAMES[code] ?? `command_${code}`;
}

/** Whom a command goes to: people and groups by name. */
export function recipientsOf(params: Readonly<Record<string, unknown>>): string[] {
  const titles = params.titleList ?? params.targetChat ?? params.groupName ?? params.target;
  const list = Array.isArray(titles) ? titles : [titles];
  return list.filter((title): title is string => typeof title === 'string' && title !== '');
}
