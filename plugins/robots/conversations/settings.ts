/** What each tenant sets for its conversations. */
import Type, { type Static } from 'typebox';

const Text = Type.String({ minLength: 1, maxLength: 1_000 });
const Clock = Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$' });

export const WorkingHours = Type.Object(
  {
    zone: Type.String({
      minLength: 1,
      maxLength: 60,
      format: 'time-zone',
      description: 'Time zone, as `Asia/Shanghai`',
    }),
    days: Type.Array(
      Type.Object({
        day: Type.Integer({ minimum: 1, maximum: 7, description: '1 is Monday' }),
        from: Clock,
        to: Type.String({ ...Clock, description: 'On the next day when it is not after `from`' }),
      }),
      { minItems: 1, maxItems: 50 },
    ),
    answer: Type.String({
      ...Text,
      description: 'What a contact is told outside of them, once until they begin again',
    }),
  },
  { additionalProperties: false },
);
export type WorkingHours = Static<typeof WorkingHours>;

const Rating = Type.Object({ question: Text, thanks: Text }, { additionalProperties: false });

const MOST_KEPT_DAYS = 3650;

/** By the names under which tenants change them. */
export const ROBOT_SETTINGS = {
  robots_message_days: Type.Integer({
    default: 0,
    minimum: 0,
    maximum: MOST_KEPT_DAYS,
    description: 'Days after which messages are erased; 0 keeps them',
  }),
  robots_working_hours: Type.Union([WorkingHours, Type.Null()], { default: null }),
  robots_assign_by_answering: Type.Boolean({
    default: true,
    description: 'Taking over or first answering an unassigned conversation assigns it',
  }),
  robots_rating: Type.Union([Rating, Type.Null()], {
    default: null,
    description: 'A question for a rating from 1 to 5, sent when a conversation is closed, and thanks for it',
  }),
};

export interface InboxSettings {
  messageDays: number;
  hours: WorkingHours | null;
  rating: Static<typeof Rating> | null;
  assignsByAnswering: boolean;
}
