/** Events of conversations. */
import Type, { type TString } from 'typebox';
import { OF_TENANT, ROBOT_SEERS } from '../robots/visibility.ts';

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
  'robot.message': Type.Object({
    message_id: Id,
    robot_id: Id,
    conversation_id: Id,
    contact_id: Id,
    group: Type.String(),
    person: Type.String(),
    text: Type.String(),
    text_type: Type.Integer(),
    room_type: Type.Integer(),
    at_me: Type.Boolean(),
  }),
  'robot.messages.expired': Type.Object({
    before: Type.String({
      description: 'The tenant keeps no older messages; programs that have copies erase them',
    }),
  }),
  'contact.erased': Type.Object({ contact_id: Id }),
  'contact.separated': Type.Object({
    contact_id: Id,
    from_contact_id: Type.String({ description: 'The contact that it had been merged into' }),
    conversation_ids: Type.Array(Id, {
      description: 'Those that are its own again; of very many there are several events',
    }),
  }),
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
  'inbox.presence': Type.Object(
    {
      conversation_id: Id,
      robot_id: Id,
      person: Type.Object({ id: Id, name: Type.String() }),
      doing: Type.Enum(['looking', 'writing', 'gone']),
    },
    { description: 'On live streams alone: nothing can be started by it' },
  ),
};

export const conversationEventAccess = {
  'robot.message': ROBOT_SEERS,
  'robot.messages.expired': OF_TENANT,
  'contact.erased': OF_TENANT,
  'contact.separated': OF_TENANT,
  'conversation.opened': ROBOT_SEERS,
  'conversation.assigned': ROBOT_SEERS,
  'conversation.answered': ROBOT_SEERS,
  'conversation.handed_over': ROBOT_SEERS,
  'conversation.closed': ROBOT_SEERS,
  'conversation.looped': ROBOT_SEERS,
  'inbox.presence': ROBOT_SEERS,
};
