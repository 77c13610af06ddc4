/** What other plugins may use of robots: events, and services to send and to read with. It imports nothing from inside. */
import type { Transaction } from '#core/database/database.ts';

export interface RobotMessageEvent {
  message_id: string;
  robot_id: string;
  conversation_id: string;
  contact_id: string;
  /** Name of the group; '' for a conversation with a person alone. */
  group: string;
  person: string;
  text: string;
  text_type: number;
  room_type: number;
  at_me: boolean;
}

export interface CommandFinishedEvent {
  command_id: string;
  robot_id: string;
  type: string;
  status: 'succeeded' | 'failed' | 'expired';
  error_code: number;
  error_reason: string;
  success_list: string[];
  fail_list: string[];
}

export interface RobotStateEvent {
  robot_id: string;
  name: string;
}

/** What asks for a command. */
export type CommandOrigin = 'api' | 'robot' | 'callback' | 'inbox' | 'broadcast' | 'schedule' | 'workflow' | 'ai';

export interface NewCommand {
  /** `robot_…` */
  robotId: string;
  /** Whose robot it has to be. */
  tenantId: string;
  /** Its number in the table of commands: 203 sends a message. */
  code: number;
  /** Its name on the wire: `send_message`. */
  type: string;
  params: Record<string, unknown>;
  /** 0 low to 3 urgent; default 1. */
  priority?: number;
  /** Further tries after a failure; default 0. */
  maxRetries?: number;
  origin: CommandOrigin;
}

export interface AcceptedCommand {
  commandId: string;
  status: 'pending' | 'dispatched';
}

export interface RobotCommands {
  /**
   * Stores a command, and offers it to the robot at once. Resolves when it is durable. Throws `ROBOT_NOT_FOUND`,
   * `ROBOT_DELETED`, `limit_exceeded`.
   */
  send(command: NewCommand): Promise<AcceptedCommand>;
  /** The same in the caller's transaction: it is stored exactly when that commits, and offered then. */
  sendWithin(trx: Transaction, command: NewCommand): Promise<AcceptedCommand>;
}

/** What plugins that require `robots` see of it. */
export interface RobotsServices {
  robotCommands: RobotCommands;
}

declare global {
  namespace Patchbay {
    interface EventCatalogue {
      'robot.message': RobotMessageEvent;
      'robot.online': RobotStateEvent;
      'robot.offline': RobotStateEvent;
      'robot.command.finished': CommandFinishedEvent;
    }
  }
}
