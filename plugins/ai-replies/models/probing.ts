/** Finds out what a provider can do, by asking it for what no model answers by chance. Each question is a call like any other. */
import Type from 'typebox';
import { lazily } from '#core/kit.ts';
import type { Abilities } from './ability-types.ts';
import { ProviderFailure } from './kinds/kind.ts';
import type { Asker, LooseForm, ModelAnswer, ModelRequest } from './types.ts';

const values = lazily<typeof import('typebox/value')>('typebox/value', import.meta.url);

/** Asks once, as if so much were known of it. Throws what the provider does. */
export type AskAs = (as: Abilities, request: ModelRequest) => Promise<ModelAnswer>;

const Greeting = Type.Object({ greeting: Type.String(), letters: Type.Integer() }, { additionalProperties: false });
const INSTRUCTIONS = 'You are being tried out.';
const MOST_TOKENS = 2_000;
/** Whatever it answers, it has answered: that is no failure of it. */
const ANYTHING: LooseForm = { meant: (value) => (typeof value === 'object' ? value : null), broken: /(?!)/ };

/** Throws for a provider that is down or has other trouble: nothing was found out then. */
export async function probe(asker: Asker, signal: AbortSignal, ask: AskAs): Promise<Abilities> {
  const [forms, tools] = await Promise.all([formsOf(), toolsOf()]);
  return { forms, tools };

  async function formsOf(): Promise<Abilities['forms']> {
    const plain = 'Say hello in one short sentence.';
    // Nothing but the form of the request says that it is to be JSON.
    if (await keeps('schema', plain)) return 'schema';
    // Here the words say it too: some refuse the form without them.
    const words = `${plain} Answer with JSON: {"greeting": the sentence, "letters": how many letters it has}.`;
    return (await keeps('object', words)) ? 'object' : 'none';
  }

  async function keeps(forms: Abilities['forms'], text: string): Promise<boolean> {
    const request = { ...requestOf(text), schema: Greeting, loose: ANYTHING };
    const answer = await unlessRefused(ask({ forms, tools: 'called' }, request));
    return answer !== null && isJson(answer.text) && values().Value.Check(Greeting, answer.value);
  }

  async function toolsOf(): Promise<Abilities['tools']> {
    const tool = {
      name: 'note_greeting',
      description: 'Notes a greeting',
      input: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
      run: async () => 'It is noted.',
    };
    const request = requestOf('Call the function note_greeting with a short greeting, then say that it is noted.');
    const answer = await unlessRefused(ask({ forms: 'none', tools: 'called' }, { ...request, tools: [tool] }));
    if (!answer) return 'refused';
    return answer.toolsCalled.length > 0 ? 'called' : 'ignored';
  }

  function requestOf(text: string): ModelRequest {
    const messages = [{ role: 'user' as const, text }];
    return { asker, instructions: INSTRUCTIONS, messages, maxOutputTokens: MOST_TOKENS, signal };
  }
}

/** As it is: what had to be looked for between words was not kept to. */
function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'object';
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** Null when the provider refuses such a request. */
async function unlessRefused(answer: Promise<ModelAnswer>): Promise<ModelAnswer | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ProviderFailure && error.isAboutRequest) return null;
    throw error;
  }
}
