/** Events of conversations. */
import Type, { type TString } from 'typebox';
import { ROBOT_SEERS } from '../event-access.ts';

const Nullable = (of: TString) => Type.Union([of, Type.Null()]);
const Id = Type.String();
const About = {
  conversation_id: Id,
  robot_id: Id,
  contact_id: Id,
  group: Type.String(),
  person: Type.String(),
  state: Type.Enum(['open', 'pending', 'snoozed', 'closed']),
};

export const conversationEvents = {
  'conversation.opened': Type.Object(About),
  'conversation.assigned': Type.Object({ ...About, assignee: Nullable(Id), team: Nullable(Id) }),
  'conversation.answered': Type.Object({
    ...About,
    text: Type.String(),
    user_id: Nullable(Id),
    is_proved: Type.Boolean({ description: 'False: it came under the name of the robot, which anybody may take' }),
  }),
  'conversation.handed_over': Type.Object({ ...About, reason: Type.String() }),
  'conversation.closed': Type.Object(About),
  'conversation.looped': Type.Object(About),
};

export const conversationEventAccess = {
  'conversation.opened': ROBOT_SEERS,
  'conversation.assigned': ROBOT_SEERS,
  'conversation.answered': ROBOT_SEERS,
  'conversation.handed_over': ROBOT_SEERS,
  'conversation.closed': ROBOT_SEERS,
  'conversation.looped': ROBOT_SEERS,
};
