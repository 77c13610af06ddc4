/**
 * Conversations for programs that answer by themselves: what was said in this session, how to say something, and who may see
 * what of it. Tables: robots_conversations, robots_messages.
 */

import { isSuperadmin, isTenantAdmin } from '#core/kit.ts';
import type { Principal, Services } from '#core/plugin.ts';
import { markdownFor } from '../commands/channel-text.ts';
import { textCommand } from '../commands/text-command.ts';
import type {
  AnsweringRobot,
  Conversations,
  NewCommand,
  RobotCommands,
  Saying,
  SpokenConversation,
  SpokenMessage,
} from '../contract.ts';
import { addFigures, figure } from '../counts.ts';
import { robotErrors } from '../errors.ts';
import { isNamed } from '../robots/machine-names.ts';
import { settingsOf } from '../robots/robot-settings.ts';
import type { Robots } from '../robots/robots.ts';
import type { KnownRobot } from '../robots/tables.ts';
import { maySee, seenBy } from '../robots/visibility.ts';
import { fieldsOf } from './contact-view.ts';
import { type ConversationContext, contextsOf } from './conversation-context.ts';
import type { Handover } from './handover.ts';
import { refusalOf } from './identity/consent.ts';
import type { InboxRulesByTenant } from './rules.ts';
import type { MessageRow } from './tables.ts';
import { whereContactVisible } from './visibility.ts';

const AUTHORS = ['contact', 'robot', 'person', 'phone'] as const;

export function createConversationApi({
  db,
  clock,
  blobs,
  robots,
  inboxRules,
  handover,
  robotCommands,
}: Services & {
  robots: Robots;
  inboxRules: InboxRulesByTenant;
  handover: Handover;
  robotCommands: RobotCommands;
}): Conversations {
  return {
    isAutomatic: handover.isAutomatic,
    handOver: handover.handOver,
    async robot(robotId) {
      // Asked of every message that a robot hears.
      return answeringIf(await robots.known(robotId));
    },
    knownRobot(robotId) {
      const row = robots.remembered(robotId);
      return row && answeringIf(row);
    },
    robotOf: async (principal, robotId) => answeringOf(await robots.ofPrincipal(principal, robotId)),
    async robotsOf(principal, most) {
      const rows = db.read('robots_robots').where(seenBy(principal));
      const some = rows
        .where({ tenant_id: principal.tenantId ?? '', status: 'active' })
        .orderBy('id')
        .limit(most);
      return (await some).map(answeringOf);
    },
    async maySee(principal, robotId) {
      const robot = await robots.byRobotId(robotId);
      return robot !== null && maySee(principal, robot);
    },
    seenRobots(principal) {
      if (seesAll(principal)) return null;
      return db.read('robots_robots').where(seenBy(principal)).select('robots_robots.robot_id');
    },
    seenContacts(principal) {
      if (seesAll(principal)) return null;
      return whereContactVisible(db.read('robots_contacts'), db.read, principal).select('robots_contacts.uuid');
    },
    async spoken(conversationId, most) {
      const [[place], said] = await Promise.all([
        contextsOf(db.read, [conversationId]),
        newestOf(conversationId, most),
      ]);
      if (place?.robot.status !== 'active') return null;
      const { row, robot, contact } = place;
      const settings = settingsOf(robot);
      const [isAutomatic, rules] = await Promise.all([
        handover.allows({ ...row, opted_out: contact.opted_out, consent: contact.consent }),
        inboxRules.of(robot.tenant_id),
      ]);
      const oldestFirst = said.toReversed();
      const begin = beginOfSession(oldestFirst, settings.sessionTimeoutMinutes * 60_000);
      const messages = oldestFirst.map(spokenOf);
      return {
        id: row.uuid,
        tenantId: row.tenant_id,
        group: row.group_name,
        person: row.person,
        roomType: row.room_type,
        isAutomatic,
        isOpen: rules.closedUntil === null,
        robot: {
          id: robot.robot_id,
          name: robot.name,
          isNamed: isNamed(robot),
          channel: robot.channel,
          settings,
          isAutopilot: robot.is_autopilot === 1,
        },
        contact: {
          id: contact.uuid,
          name: contact.name,
          fields: fieldsOf(contact),
          notes: contact.notes,
          consent: contact.consent,
        },
        messages: messages.slice(begin),
        earlier: messages.slice(0, begin),
      } satisfies SpokenConversation;
    },
    async companions(conversationIds) {
      if (conversationIds.length === 0) return new Map();
      const rows = await db
        .read('robots_conversations as conversation')
        .join('robots_contacts as contact', 'contact.id', 'conversation.contact')
        .whereIn('conversation.uuid', [...new Set(conversationIds)])
        .select('conversation.uuid', 'conversation.person', 'conversation.group_name', 'contact.name');
      return new Map(rows.map((row) => [row.uuid, { person: row.person || row.name, group: row.group_name }]));
    },
    async file(conversationId, messageId, mostBytes) {
      const found = await db
        .read('robots_messages as own')
        .join('robots_conversations as conversation', 'conversation.id', 'own.conversation')
        .join('core_blobs as blob', 'blob.id', 'own.blob')
        .where({ 'own.message_id': messageId, 'conversation.uuid': conversationId })
        .where('blob.size_bytes', '<=', mostBytes)
        .first('own.blob');
      return found?.blob ? blobs.read(found.blob) : null;
    },
    async say(trx, sayings) {
      if (sayings.length === 0) return [];
      const wanted = [...new Set(sayings.map(({ conversationId }) => conversationId))];
      if (db.client === 'pg') {
        // In one order, so that two replicas do not wait for each other in a ring; and before they are read: what is joined
        // to a row that had to be waited for is what it was before.
        await trx('robots_conversations').whereIn('uuid', wanted).orderBy('uuid').forUpdate().select('id');
      }
      const places = new Map((await contextsOf(trx, wanted)).map((place) => [place.row.uuid, place]));
      const commands = sayings.map((saying) => {
        const place = places.get(saying.conversationId);
        if (!place) throw robotErrors.CONVERSATION_NOT_FOUND();
        return commandsOf(place, saying);
      });
      const accepted = await robotCommands.sendWithin(trx, commands.flat());
      const ids = accepted.map(({ commandId }) => commandId);
      return commands.map((own) => ids.splice(0, own.length));
    },
    async countAnswering(trx, figures) {
      if (figures.length === 0) return;
      const known = await robots.knownWithin(
        trx,
        figures.map(({ robotId }) => robotId),
      );
      const now = clock.now();
      const counted = figures.flatMap(({ robotId, calls, micros }) => {
        const robot = known.get(robotId)?.id;
        if (robot === undefined) return [];
        const cost = micros > 0 ? [figure(robot, now, 'ai_micros', micros)] : [];
        return [figure(robot, now, 'ai_calls', calls), ...cost];
      });
      await addFigures(trx, counted);
    },
  };

  function commandsOf(
    { row, robot, contact }: ConversationContext,
    { markdown, isLastWord = false }: Saying,
  ): NewCommand[] {
    const isPaused = (row.paused_until ?? 0) > clock.now() && !isLastWord;
    if (isPaused || row.looped_at !== null || refusalOf(contact) !== null || robot.status === 'deleted') return [];
    return markdownFor(robot.channel, markdown).map((text) => textCommand(robot, row, text, 'ai'));
  }

  /** Newest first. */
  function newestOf(conversationId: string, most: number): Promise<MessageRow[]> {
    const conversation = db.read('robots_conversations').where({ uuid: conversationId }).select('id');
    return db
      .read('robots_messages')
      .where('conversation', conversation)
      .where({ is_echo: 0 })
      .whereIn('author', [...AUTHORS])
      .orderBy('id', 'desc')
      .limit(most);
  }
}

/** Where the last pause that is longer than the gap has ended. A clock that was behind for a while makes no pause. */
function beginOfSession(oldestFirst: readonly MessageRow[], gapMs: number): number {
  let begin = 0;
  let latest = oldestFirst[0]?.created_at ?? 0;
  for (const [place, { created_at }] of oldestFirst.entries()) {
    if (created_at - latest > gapMs) begin = place;
    latest = Math.max(latest, created_at);
  }
  return begin;
}

function seesAll(principal: Principal): boolean {
  return isSuperadmin(principal) || isTenantAdmin(principal);
}

function answeringIf(row: KnownRobot | null): AnsweringRobot | null {
  return row?.status === 'active' ? answeringOf(row) : null;
}

function answeringOf(row: KnownRobot): AnsweringRobot {
  return {
    robotId: row.robot_id,
    tenantId: row.tenant_id,
    name: row.name,
    isNamed: isNamed(row),
    settings: settingsOf(row),
    isAutopilot: row.is_autopilot === 1,
  };
}

function spokenOf(row: MessageRow): SpokenMessage {
  const author = AUTHORS.find((one) => one === row.author) ?? 'robot';
  return {
    id: row.message_id,
    author,
    text: row.spoken,
    textType: row.text_type,
    isAtMe: row.at_me === 1,
    mediaType: row.media_type,
    at: row.created_at,
  };
}
