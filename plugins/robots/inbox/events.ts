/** Events of conversations, and who may see them live: who may see the robot. */
import Type, { type TString } from 'typebox';
import type { CloudEvent, Principal } from '#core/plugin.ts';
import type { ConversationEvent } from '../contract.ts';
import type { RobotsScope } from '../scope.ts';
import { maySee } from '../services/robots.ts';

const Nullable = (of: TString) => Type.Union([of, Type.Null()]);
const Id = Type.String();
const About = {
  ...{ conversation_id: Id, robot_id: Id, contact_id: Id, group: Type.String(), person: Type.String() },
  state: Type.Enum(['open', 'pending', 'snoozed', 'closed']),
};

export const conversationEvents = {
  'conversation.opened': Type.Object(About),
  'conversation.assigned': Type.Object({ ...About, assignee: Nullable(Id), team: Nullable(Id) }),
  'conversation.answered': Type.Object({ ...About, text: Type.String(), user_id: Nullable(Id) }),
  'conversation.handed_over': Type.Object({ ...About, reason: Type.String() }),
  'conversation.closed': Type.Object(About),
  'conversation.looped': Type.Object(About),
};

const seers = {
  scope: 'robots:read',
  async isFor({ data }: CloudEvent<ConversationEvent>, principal: Principal, { robots }: RobotsScope) {
    const robot = await robots.byRobotId(data.robot_id);
    return robot !== null && maySee(principal, robot);
  },
};

export const conversationEventAccess = {
  'conversation.opened': seers,
  'conversation.assigned': seers,
  'conversation.answered': seers,
  'conversation.handed_over': seers,
  'conversation.closed': seers,
  'conversation.looped': seers,
};
