/** What the threads can be asked, each with what it is given and what it answers. */
import type { BytesOrPlace } from '#core/kit.ts';
import type { AuthenticationWish, AuthResults } from '../authentication/authenticate.ts';
import type { SealWish, SignWish } from '../authentication/sign.ts';
import type { AttachmentInfo } from '../parser/parse.ts';
import type { SanitizeWish } from '../parser/sanitize.ts';
import type { StoredMessage } from '../parser/stored-message.ts';

export interface FoundAttachment {
  info: AttachmentInfo;
  content: Uint8Array;
}

/** What is given bytes may be given where they lie: the thread reads them then. */
type Read<W extends { raw: Uint8Array }> = Omit<W, 'raw'> & { raw: BytesOrPlace };

export interface Tasks {
  parse: { given: { raw: BytesOrPlace }; answer: StoredMessage };
  texts: { given: { raw: BytesOrPlace }; answer: { text: string; html: string } };
  attachment: { given: { raw: Uint8Array; index: number }; answer: FoundAttachment | null };
  sanitize: { given: SanitizeWish; answer: { html: string; remoteImages: number } };
  authenticate: { given: Read<AuthenticationWish>; answer: AuthResults };
  sign: { given: SignWish; answer: string };
  seal: { given: SealWish; answer: Uint8Array };
}

export type TaskName = keyof Tasks;
export type Task = { [T in TaskName]: { task: T; given: Tasks[T]['given'] } }[TaskName];
export type Answer = Tasks[TaskName]['answer'];

export type Records = { records: string[] | string[][] } | { error: { code: string; message: string } };

/** To the thread: a request, or what the name service said. */
export type ToThread = ({ id: number } & Task) | ({ question: number } & Records);

/**
 * From the thread: an answer, a failure of that request alone, or a question to the name service. What there is to say at one
 * moment goes in one message, both ways: each wakes the other side.
 */
export type FromThread =
  | { id: number; answer: Answer }
  | { id: number; failure: string; isUnreadable?: boolean }
  | { id: number; question: number; name: string; type: string };

/** Places in the memory that both sides see. */
export const MARK = { running: 0, turns: 1 } as const;
