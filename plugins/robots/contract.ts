/** What other plugins may use of robots: events, and services to send and to read with. It imports nothing from inside. */
import type { Knex } from 'knex';
import type { TObject } from 'typebox';
import type { Clock, Logger } from '#core/kit.ts';
import type { Principal, Transaction } from '#core/plugin.ts';

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
  /** Ms since the epoch: given up then. Default: as configured, sooner for answers of models and callbacks. */
  expiresAt?: number;
  /** Further tries after a failure; default 0. */
  maxRetries?: number;
  origin: CommandOrigin;
  /** The person (integer key) who has written it in the inbox. */
  userId?: number | null;
  /** Whose words a program answers by itself: there it stands, and counts for the loop guard, whoever is mentioned. */
  answers?: CommandPlace;
}

/** A conversation by where it is. */
export interface CommandPlace {
  /** '' with a person alone. */
  group: string;
  person: string;
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
  /** The same for several in the caller's transaction: they are stored exactly when that commits, and offered then. */
  sendWithin(trx: Transaction, commands: readonly NewCommand[]): Promise<AcceptedCommand[]>;
}

/** Something has become of a conversation. */
export interface ConversationEvent {
  conversation_id: string;
  robot_id: string;
  contact_id: string;
  /** Name of the group; '' for a conversation with a person alone. */
  group: string;
  person: string;
  state: 'open' | 'pending' | 'snoozed' | 'closed';
}

export interface ConversationAssignedEvent extends ConversationEvent {
  /** Id of the person; null: of none. */
  assignee: string | null;
  team: string | null;
}

/** A person has answered, in the inbox or on the robot's phone. */
export interface ConversationAnsweredEvent extends ConversationEvent {
  /** What was said; '' for a file alone. */
  text: string;
  /** Id of who has written it in the inbox; null for the phone, and for who is no account. */
  user_id: string | null;
  /** False when it came under the name of the robot, which anybody may take, and the phone has not said that it is its own. */
  is_proved: boolean;
}

export interface ConversationHandedOverEvent extends ConversationEvent {
  /** Why: `contact` has asked for a person, or whatever else has found that one is needed. */
  reason: string;
}

/** How a robot answers, as the WorkBot API has it. */
export interface AnswerSettings {
  aiMode: 'builtin' | 'third_party' | 'none';
  aiProvider: string | null;
  aiModel: string | null;
  aiTemperature: number;
  aiMaxTokens: number;
  /** Messages of the conversation that go along. */
  aiContextLength: number;
  aiScenario: string | null;
  /** Seconds, between which an answer waits. */
  replyDelayMin: number;
  replyDelayMax: number;
  aiCallLimitDaily: number;
  /** After so long without a message a conversation begins anew. */
  sessionTimeoutMinutes: number;
}

export interface SpokenMessage {
  /** `msg_…` */
  id: string;
  /** Whose words: the contact's, the robot's, those of a person in the inbox or on the robot's phone. */
  author: 'contact' | 'robot' | 'person' | 'phone';
  text: string;
  /** As in the table of text types: 1 text, 2 image. */
  textType: number;
  isAtMe: boolean;
  /** Type of the file that came with it; null without one. */
  mediaType: string | null;
  /** Ms since the epoch. */
  at: number;
}

/** A conversation as an answer is made from it. */
export interface SpokenConversation {
  id: string;
  tenantId: string;
  group: string;
  person: string;
  roomType: number;
  /** As `isAutomatic` says. */
  isAutomatic: boolean;
  /** Whether somebody is there by the tenant's working hours; true where it has none. */
  isOpen: boolean;
  robot: Pick<AnsweringRobot, 'name' | 'isNamed' | 'settings' | 'isAutopilot'> & { id: string; channel: string };
  contact: {
    id: string;
    name: string;
    fields: Readonly<Record<string, string | number | boolean>>;
    notes: string;
    /** What they have agreed to: who has refused is given to no model and gets no broadcasts. */
    consent: 'unknown' | 'given' | 'refused';
  };
  /** Of this session, oldest first: echoes and notes are left out. */
  messages: SpokenMessage[];
  /** What was said before it, of as many as were asked for. */
  earlier: SpokenMessage[];
}

/** A robot as programs that answer for it need it. */
export interface AnsweringRobot {
  robotId: string;
  tenantId: string;
  name: string;
  /** False: the name was made of its id, and says nothing to anybody. */
  isNamed: boolean;
  settings: AnswerSettings;
  /** Whether a program has said by the WorkBot API that it answers by itself. */
  isAutopilot: boolean;
}

/** What is said in a conversation, by nobody but a program. */
export interface Saying {
  conversationId: string;
  /** Of it what the channel shows. */
  markdown: string;
  /** A last word may be said although it was handed over, but to nobody who has opted out, and in no loop. */
  isLastWord?: boolean;
}

export interface AnsweringFigures {
  robotId: string;
  /** Of models. */
  calls: number;
  /** What they cost, in millionths of the currency. */
  micros: number;
}

/** Conversations as programs that answer by themselves need them. Ids are those of events. */
export interface Conversations {
  /** Whether automatic answers may be given: no person has it, no loop was found, nobody has opted out. False for an unknown one. */
  isAutomatic(conversationId: string): Promise<boolean>;
  /**
   * A person is to take over: it waits in the inbox, and automatic answers stay away until a person has answered or it is
   * closed. Gives false when that was so already. Throws `CONVERSATION_NOT_FOUND`.
   */
  handOver(trx: Transaction, tenantId: string, conversationId: string, reason: string): Promise<boolean>;
  /** Null for an unknown robot, and a deleted one. */
  robot(robotId: string): Promise<AnsweringRobot | null>;
  /** The same without asking the database; undefined where it would have to be asked. */
  knownRobot(robotId: string): AnsweringRobot | null | undefined;
  /** One that the principal may see. Throws `ROBOT_NOT_FOUND`. */
  robotOf(principal: Principal, robotId: string): Promise<AnsweringRobot>;
  /** Those of its tenant that the principal may see, in the order in which they were made, so many at most; no deleted ones. */
  robotsOf(principal: Principal, most: number): Promise<AnsweringRobot[]>;
  /** Whether the principal may see it; a deleted one too. False for an unknown one. */
  maySee(principal: Principal, robotId: string): Promise<boolean>;
  /**
   * Ids of the robots that the principal may see, deleted ones among them, to narrow a query with. Null where those are all of
   * its tenant, by which the query has to be narrowed in any case.
   */
  seenRobots(principal: Principal): Knex.QueryBuilder | null;
  /** The same of contacts: those who have spoken with one of these robots. */
  seenContacts(principal: Principal): Knex.QueryBuilder | null;
  /** How things stand, with the newest messages of the session, so many at most. Null for an unknown one, or a deleted robot. */
  spoken(conversationId: string, most: number): Promise<SpokenConversation | null>;
  /** With whom they are, by their ids; without those that are gone. */
  companions(conversationIds: readonly string[]): Promise<Map<string, Pick<SpokenConversation, 'person' | 'group'>>>;
  /** The file that came with a message of the conversation; null when there is none, or it is larger than so many bytes. */
  file(conversationId: string, messageId: string, mostBytes: number): Promise<Buffer | null>;
  /**
   * Says something, a long text in several messages, once the transaction has committed. Gives the ids of the commands of each: none
   * where automatic answers may not be given any more. Throws `CONVERSATION_NOT_FOUND`.
   */
  say(trx: Transaction, sayings: readonly Saying[]): Promise<string[][]>;
  /** Adds to the figures of the day. */
  countAnswering(trx: Transaction, figures: readonly AnsweringFigures[]): Promise<void>;
}

export interface RobotLogEntry {
  type: 'api' | 'robot' | 'ai' | 'mail' | 'workflow' | 'system';
  level: 'debug' | 'info' | 'warn' | 'error';
  message: string;
  /** Cut to a few thousand characters; what is named like a secret is left out. */
  details?: Readonly<Record<string, unknown>>;
  ip?: string;
  tenantId?: string | null;
}

/** The log that administrators of robots read. */
export interface RobotLogs {
  /** Returns at once; an entry may be lost when the process dies, or when there are too many. */
  note(entry: RobotLogEntry): void;
}

/** How far a broadcast is: told when its state changes, and once a second at most while it goes on. */
export interface BroadcastChangedEvent {
  broadcast_id: string;
  state: 'draft' | 'running' | 'paused' | 'finished' | 'cancelled';
  /** Why it was paused by itself: `limit_exceeded`; '' otherwise. */
  reason: string;
  total: number;
  waiting: number;
  /** On their way, without an outcome yet. */
  sent: number;
  succeeded: number;
  failed: number;
  /** Offered to the robot, and never reported: they may have had it. */
  unknown: number;
  skipped: number;
}

/** Another network whose accounts are robots here. A plugin adds one with `robotChannels.add`, before any plugin starts. */
export interface RobotChannel {
  /** Lower-case: `telegram`. Robots have it as their channel. */
  name: string;
  summary: string;
  /** Longest text of one message, in characters; longer ones come to `send` in parts. */
  textLimit: number;
  /** Longest text that goes along with a file, where that is less; the rest comes behind it. */
  captionLimit?: number;
  /** Whether texts are given to `send` as Markdown; else as plain text. */
  showsMarkdown: boolean;
  /** Whether an address is one person in all of the network (left out: so), or for the account alone that was spoken with. */
  ids?: 'network' | 'account';
  /** What has to be known to be an account: a token. Kept sealed. */
  config: TObject;
  /** Asks the network which account that is. Throws an error whose message people read. */
  identify(config: ChannelConfig): Promise<{ account: string; name: string }>;
  /** Is the account from now on, in this process alone: hears for it, and sends when it is told to. */
  start(services: ChannelServices): ChannelLine;
}

export type ChannelConfig = Readonly<Record<string, unknown>>;

export interface ChannelServices {
  config: ChannelConfig;
  /** How far it was read, as `receive` got it last; null at the very beginning. */
  place: string | null;
  /** Largest file that is taken. */
  fileBytes: number;
  clock: Clock;
  log: Logger;
  /** Aborted when it is to end. */
  signal: AbortSignal;
  /** Stores a message, once for its id, and then how far the network has been read. Rejects while that is not possible. */
  receive(message: ChannelMessage | null, place: string): Promise<void>;
  /** Says what is wrong, or with '' that nothing is any more. */
  problem(text: string): void;
}

export interface ChannelMessage {
  /** The same whenever the network tells of it. */
  id: string;
  person: ChannelName;
  /** Null for a conversation with the person alone. */
  group: ChannelName | null;
  text: string;
  /** As in the table of text types: 1 text, 2 image, 9 file. */
  textType: number;
  isAtMe: boolean;
  file: Buffer | null;
}

/** Somebody, or a group: what they are called, and how they are reached. */
export interface ChannelName {
  name: string;
  address: string;
}

export interface ChannelLine {
  /** Sends one part to one address. It is told the next when this one has an outcome. Never rejects. */
  send(part: ChannelPart): Promise<ChannelOutcome>;
  /** Resolves when it hears and sends no more. */
  stop(): Promise<void>;
}

export interface ChannelPart {
  address: string;
  text: string;
  file: { kind: 'image' | 'file'; url: string; name: string } | null;
}

export type ChannelOutcome =
  | { kind: 'sent' }
  | { kind: 'failed'; code: number; reason: string }
  /** It may work later: after so many ms, or when null after a while that grows. */
  | { kind: 'later'; afterMs: number | null; reason: string };

export interface RobotChannels {
  /** Throws when there is one of this name. */
  add(channel: RobotChannel): void;
  list(): readonly RobotChannel[];
  /** Null when no plugin has brought it. */
  named(name: string): RobotChannel | null;
}

/** What plugins that require `robots` see of it. */
export interface RobotsServices {
  robotLogs: RobotLogs;
  conversations: Conversations;
  robotCommands: RobotCommands;
  robotChannels: RobotChannels;
}

declare global {
  namespace Patchbay {
    interface EventCatalogue {
      'robot.message': RobotMessageEvent;
      'robot.online': RobotStateEvent;
      'robot.offline': RobotStateEvent;
      /** The device of a robot was activated once more, which whoever knows its code and its id can do. */
      'robot.reactivated': RobotStateEvent;
      'robot.command.finished': CommandFinishedEvent;
      /** Erased for good, with everything that it has heard. */
      'robot.erased': { robot_id: string };
      /** The tenant keeps nothing that was said before this time (ISO 8601): whoever has copies erases them. */
      'robot.messages.expired': { before: string };
      /** Everything about a contact was erased. */
      'contact.erased': { contact_id: string };
      /** Somebody who had been merged into another contact is not that one after all: these conversations are theirs again. */
      'contact.separated': { contact_id: string; from_contact_id: string; conversation_ids: string[] };
      /** A new one, or one that was closed. */
      'conversation.opened': ConversationEvent;
      'conversation.assigned': ConversationAssignedEvent;
      'conversation.answered': ConversationAnsweredEvent;
      'conversation.handed_over': ConversationHandedOverEvent;
      'conversation.closed': ConversationEvent;
      /** Two machines were talking to each other; automatic answers have stopped. */
      'conversation.looped': ConversationEvent;
      'broadcast.changed': BroadcastChangedEvent;
    }
  }
}
