/** When and how a robot answers: what people set for it, with what holds while nobody has set anything. */
import Type, { type Static } from 'typebox';
import { lazily } from '#core/kit.ts';

const values = lazily<typeof import('typebox/value')>('typebox/value', import.meta.url);

const Seconds = (most: number, description: string) => Type.Integer({ minimum: 0, maximum: most, description });
const Sentence = Type.String({ maxLength: 1_000 });

const WORD_ACTIONS = ['refuse', 'handover', 'mask'] as const;

const Gather = Type.Object(
  { pause_seconds: Seconds(300, 'After so long without a message'), most_seconds: Seconds(600, 'And at the latest') },
  { additionalProperties: false },
);

export const Policy = Type.Object(
  {
    private: Type.Enum(['always', 'never'], { default: 'always', description: 'With a person alone' }),
    groups: Type.Enum(['never', 'mention', 'keywords', 'always'], {
      default: 'mention',
      description: 'In groups: when the robot is `@`-ed, or that and when one of the keywords is said',
    }),
    keywords: Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { default: [], maxItems: 200 }),
    hours: Type.Enum(['always', 'open', 'closed'], {
      default: 'always',
      description: 'By the tenant’s working hours: inside or outside them',
    }),
    rate: Type.Object(
      { answers: Type.Integer({ minimum: 1, maximum: 1_000 }), minutes: Type.Integer({ minimum: 1, maximum: 1_440 }) },
      { default: { answers: 30, minutes: 10 }, additionalProperties: false, description: 'Of one room, at most' },
    ),
    cool_down_seconds: Type.Integer({
      default: 0,
      minimum: 0,
      maximum: 3_600,
      description:
        'After an answer the room waits so long for the next; what is said in the meantime is answered together',
    }),
    persona: Type.String({ default: '', maxLength: 4_000, description: 'Who the robot is, and how it speaks' }),
    scenario: Type.String({
      default: '',
      maxLength: 8_000,
      description: 'Its purpose; when empty, the `aiScenario` of the robot',
    }),
    knowledge: Type.Union([Type.Array(Type.String({ maxLength: 60 }), { maxItems: 100 }), Type.Null()], {
      default: null,
      description: 'Ids of knowledge bases; null is all of the tenant',
    }),
    floor: Type.Enum(['model', 'say', 'handover'], {
      default: 'model',
      description: 'When nothing that is known fits: the model decides, the robot says so, or a person takes over',
    }),
    citations: Type.Boolean({ default: true, description: 'Answers name the documents that they come from' }),
    contact_fields: Type.Array(Type.String({ pattern: '^[A-Za-z0-9_.-]{1,60}$' }), {
      default: [],
      maxItems: 50,
      description:
        'Fields of a contact that a model reads, in conversations with them alone. Where the channel knows people by a display name, anyone who takes that name learns them',
    }),
    contact_notes: Type.Boolean({
      default: false,
      description: 'A model reads what colleagues note about a contact too',
    }),
    pictures: Type.Boolean({ default: false, description: 'Pictures go along to models that understand them' }),
    approval: Type.Boolean({ default: true, description: 'A person sends each answer' }),
    masking: Type.Boolean({ default: true, description: 'Models see placeholders instead of personal data' }),
    words_in: Type.Enum([...WORD_ACTIONS], { default: 'handover', description: 'Sensitive words of the contact' }),
    words_out: Type.Enum([...WORD_ACTIONS], { default: 'handover', description: 'Sensitive words in an answer' }),
    gather: Type.Union([Gather, Type.Null()], {
      default: null,
      description: 'How long further messages are waited for; null as the configuration says',
    }),
    failures: Type.Integer({
      default: 3,
      minimum: 1,
      maximum: 10,
      description: 'Failed attempts of all models after which a person takes over',
    }),
    sentences: Type.Object(
      { handover: Sentence, closed: Sentence, unknown: Sentence, refused: Sentence },
      {
        default: { handover: '', closed: '', unknown: '', refused: '' },
        additionalProperties: false,
        description:
          'What is said when a person takes over, when that is outside of working hours, when nothing is known, and when an answer is refused; the platform has its own for those that are empty',
      },
    ),
  },
  { additionalProperties: false },
);
export type Policy = Static<typeof Policy>;

/** What people set: it says whether a person sends each answer, for that is nobody's to guess. */
export const PolicySetting = Type.Object(
  { ...Type.Partial(Policy).properties, approval: Type.Boolean({ description: 'A person sends each answer' }) },
  { additionalProperties: false },
);

/** With everything that was left out. What was set has been checked. */
export function wholePolicy(set: object): Policy {
  defaults ??= values().Value.Create(Policy);
  return values().Value.Parse(Policy, { ...defaults, ...set });
}

let defaults: Policy | undefined;
