/** What Telegram tells of a message (Bot API, "Update", "Message"), as far as it is read here. What is malformed is passed over. */
import Type, { type Static } from 'typebox';
import { lazily } from '#core/kit.ts';

const values = lazily<typeof import('typebox/value')>('typebox/value', import.meta.url);

const Text = Type.Optional(Type.String());
const Key = Type.Union([Type.Integer(), Type.String()]);
const File = Type.Object({ file_id: Type.String() });

const Entity = Type.Object({
  type: Type.String(),
  offset: Type.Integer(),
  length: Type.Integer(),
  user: Type.Optional(Type.Object({ id: Key })),
});
const Entities = Type.Optional(Type.Array(Entity));

const Message = Type.Object({
  from: Type.Optional(Type.Object({ id: Key, first_name: Text, last_name: Text, username: Text })),
  chat: Type.Object({ id: Key, type: Type.Optional(Type.String()), title: Text, first_name: Text, last_name: Text }),
  text: Text,
  caption: Text,
  entities: Entities,
  caption_entities: Entities,
  reply_to_message: Type.Optional(Type.Object({ from: Type.Optional(Type.Object({ id: Key })) })),
  photo: Type.Optional(Type.Array(File)),
  document: Type.Optional(File),
});
export type TelegramMessage = Static<typeof Message>;

const Update = Type.Object({ update_id: Type.Integer(), message: Type.Optional(Type.Unknown()) });
const User = Type.Object({ id: Key, first_name: Text, username: Text });
export type TelegramUser = Static<typeof User>;
const Path = Type.Object({ file_path: Type.String() });

export interface TelegramUpdate {
  id: number;
  /** Null for what is no message. */
  message: TelegramMessage | null;
}

export function updatesOf(result: unknown): TelegramUpdate[] {
  return (Array.isArray(result) ? result : [])
    .filter((one): one is Static<typeof Update> => values().Value.Check(Update, one))
    .map(({ update_id: id, message }) => ({ id, message: values().Value.Check(Message, message) ? message : null }));
}

/** Null when it is no user. */
export function userOf(result: unknown): Static<typeof User> | null {
  return values().Value.Check(User, result) ? result : null;
}

export function filePathOf(result: unknown): string | null {
  return values().Value.Check(Path, result) ? result.file_path : null;
}

export function nameOf({ first_name = '', last_name = '', username = '' }: Record<string, unknown>): string {
  return `${first_name} ${last_name}`.trim() || String(username);
}

/** Whether a message in a group is meant for the bot: it mentions it, answers it, or is a command to it. */
export function isForBot(message: TelegramMessage, { id, username = '' }: TelegramUser): boolean {
  const { text, caption, entities, caption_entities, reply_to_message } = message;
  if (reply_to_message?.from?.id === id) return true;
  const name = `@${username}`.toLowerCase();
  const said = text ?? caption ?? '';
  return (entities ?? caption_entities ?? []).some(({ type, offset, length, user }) => {
    if (type === 'text_mention') return user?.id === id;
    const part = said.slice(offset, offset + length).toLowerCase();
    if (username === '') return false;
    return type === 'mention' ? part === name : type === 'bot_command' && part.endsWith(name);
  });
}
