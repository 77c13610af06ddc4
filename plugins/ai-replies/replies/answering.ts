/**
 * Making an answer: what a person has approved before any model, then what is known, then a model; guarded on the way out of
 * the server and on the way to the customer. It sends nothing.
 */
import { createHash } from 'node:crypto';
import { isAppError } from '#core/kit.ts';
import type { Transaction } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { Conversations, SpokenMessage } from '#plugins/robots/contract.ts';
import type { AiRepliesConfig } from '../config.ts';
import { aiErrors } from '../errors.ts';
import { cutText, maskedValue } from '../guard/masked-values.ts';
import { createMasking, type Masking } from '../guard/masking.ts';
import { starred } from '../guard/words.ts';
import type { ApprovedAnswer, Knowledge, KnowledgeQuery, Passage } from '../knowledge/types.ts';
import { roughTokens } from '../models/prices.ts';
import type { Providers } from '../models/providers.ts';
import { withoutThoughts } from '../models/reasoning.ts';
import type { AssistantTurn, ModelAnswer, Models, ModelTool, Picture, Purpose, Way } from '../models/types.ts';
import type { Tools } from '../tools/types.ts';
import type { AssistantSessions } from './assistant-sessions.ts';
import { sentenceOf } from './default-messages.ts';
import { LOOSELY } from './meant.ts';
import { picturesOf } from './pictures.ts';
import { Answered, MOST_OF_MESSAGE, type Prompt, promptOf, wordsOf } from './prompt.ts';
import type { Turns } from './turns.ts';
import { type AnswerWish, type Asked, type Made, type Source, saidIn } from './types.ts';

/** What would be sent to a model, and how it came about. */
export interface Prepared {
  approved: ApprovedAnswer | null;
  passages: Passage[];
  prompt: Prompt;
  masking: Masking | null;
  hasTools: boolean;
}

export interface Answering {
  /** Without asking a model. The contact is left out of the prompt where there is none yet. */
  prepare(wish: AnswerWish): Promise<Prepared>;
  /** Throws what `models.ask` does. */
  make(wish: AnswerWish, purpose: Purpose): Promise<Made & { prepared: Prepared | null }>;
}

const NO_WAY: Way = { takesTurns: false, names: [] };
/** After these the next in the order is asked. */
const PASSED_ON = new Set(['provider_failed', 'no_provider']);
const PASSAGES = 5;
const LONGEST_QUERY = 500;
/** A shorter question is looked for together with what was said before. */
const SHORT_QUERY = 12;

const NOTHING_KNOWN: Pick<Prepared, 'approved' | 'passages'> = { approved: null, passages: [] };
const NOTHING = { text: '', isFixed: false, sources: [], approved: null, asked: null, promptHash: '' };

export function createAnswering({
  config,
  people,
  models,
  providers,
  knowledge,
  conversations,
  tools: robotTools,
  turns,
  assistantSessions,
}: Pick<AuthServices, 'people'> & {
  config: AiRepliesConfig;
  models: Models;
  providers: Providers;
  knowledge: Knowledge;
  conversations: Conversations;
  tools: Tools;
  turns: Turns;
  assistantSessions: AssistantSessions;
}): Answering {
  return { prepare, make };

  async function make(wish: AnswerWish, purpose: Purpose): Promise<Made & { prepared: Prepared | null }> {
    const { pending, policy, rules } = wish;
    const isBad = rules.words.find(saidIn(pending.map(readOf))).length > 0;
    if (isBad && policy.words_in === 'refuse') return { ...fixed(wish, 'refused', 'sensitive_words'), prepared: null };
    if (isBad && policy.words_in === 'handover') return { ...handover(wish, 'sensitive_words'), prepared: null };
    const ways = await waysFor(wish);
    for (const [place, way] of ways.entries())
      try {
        return await (way.takesTurns ? byAssistant(wish, way, purpose) : byModel(wish, way, purpose));
      } catch (error) {
        if (place === ways.length - 1 || !(isAppError(error) && PASSED_ON.has(error.code))) throw error;
      }
    if (wish.spoken.robot.settings.aiMode === 'third_party') throw aiErrors.no_provider();
    return byModel(wish, NO_WAY, purpose);
  }

  /** With `third_party` the assistant alone that is named. */
  async function waysFor({ spoken }: AnswerWish): Promise<Way[]> {
    const { aiMode, aiProvider } = spoken.robot.settings;
    return models.ways(spoken.tenantId, { first: aiProvider, only: aiMode === 'third_party' });
  }

  async function byModel(wish: AnswerWish, way: Way, purpose: Purpose): Promise<Made & { prepared: Prepared }> {
    const { spoken, policy } = wish;
    const prepared = await prepareModel(wish);
    const { approved, passages, prompt, masking } = prepared;
    if (approved) return { ...approvedAnswer(wish, approved), prepared };
    if (passages.length === 0 && looksFor(wish) && policy.floor !== 'model')
      return { ...(policy.floor === 'say' ? fixed(wish, 'unknown', 'unknown') : handover(wish, 'unknown')), prepared };
    const { settings } = spoken.robot;
    const tools = prepared.hasTools ? await toolsOf(wish) : [];
    const answer = await models.ask({
      asker: askerOf(wish, purpose),
      provider: settings.aiProvider,
      among: way.names,
      model: settings.aiModel,
      temperature: settings.aiTemperature,
      maxOutputTokens: settings.aiMaxTokens,
      instructions: prompt.instructions,
      messages: prompt.messages,
      schema: Answered,
      loose: LOOSELY,
      canDoWithoutTools: true,
      tools: masking ? tools.map((tool) => maskedTool(tool, masking)) : tools,
      signal: wish.signal,
    });
    return { ...madeOf(wish, prepared, answer), prepared };
  }

  /** It has instructions and a model of its own, and finds by itself what is known. */
  async function byAssistant(wish: AnswerWish, way: Way, purpose: Purpose): Promise<Made & { prepared: Prepared }> {
    const prepared = await prepareTurn(wish);
    const { approved, prompt, masking } = prepared;
    if (approved) return { ...approvedAnswer(wish, approved), prepared };
    const answer = await models.ask({
      asker: askerOf(wish, purpose),
      provider: way.names[0] ?? null,
      among: way.names,
      instructions: prompt.instructions,
      messages: prompt.messages,
      turn: turnOf(wish, prompt, masking, await organisationOf(wish.spoken)),
      signal: wish.signal,
    });
    if (answer.action === 'handover')
      return { ...handover(wish, 'model'), asked: askedOf(answer), promptHash: prompt.hash, prepared };
    const given = answer.action === 'silent' ? { ...answer, value: { action: 'silent', text: '' } } : answer;
    return { ...madeOf(wish, prepared, given), prepared };
  }

  function turnOf(
    { spoken, rules }: AnswerWish,
    { messages }: Prompt,
    masking: Masking | null,
    organisation: string,
  ): AssistantTurn {
    const { id, person, group, robot } = spoken;
    const masked = (text: string) => {
      const harmless = starred(text, rules.words.find(text));
      return masking ? masking.mask(harmless) : harmless;
    };
    return {
      text: messages[0]?.text ?? '',
      inputs: { name: masked(person), room: masked(group), robot: masked(robot.isNamed ? robot.name : organisation) },
      isLasting: id !== '',
      session: async (of) => (id === '' ? null : assistantSessions.find(spoken, of)),
      store: (of, session, user) => assistantSessions.store(spoken, of, session, user),
    };
  }

  /** While it is tried out nothing is called. */
  async function toolsOf({ spoken, pending, trial }: AnswerWish): Promise<ModelTool[]> {
    if (trial) return robotTools.forTrial(placeOf(spoken), trial);
    if (spoken.id === '') return [];
    const { group, person, contact } = spoken;
    const key = `${spoken.id} ${pending.at(-1)?.id ?? ''}`;
    const isThere = (trx: Transaction) => turns.isThere(trx, spoken.id);
    const who = group === '' ? { fields: contact.fields, room: person } : { room: group, member: person };
    return robotTools.forModel({ ...placeOf(spoken), contactId: contact.id, ...who, isThere, key });
  }

  async function prepare(wish: AnswerWish): Promise<Prepared> {
    const [first] = await waysFor(wish);
    return first?.takesTurns ? prepareTurn(wish) : prepareModel(wish);
  }

  async function prepareTurn(wish: AnswerWish): Promise<Prepared> {
    const { spoken, pending } = wish;
    const { masking, messages, query } = readBy(wish);
    const isKnown = looksFor(wish) && query.text !== '';
    const approved = isKnown ? await knowledge.approvedAnswer(query) : null;
    // Of what is no conversation it remembers nothing.
    const said =
      spoken.id === '' && messages.length > pending.length
        ? transcriptOf(messages)
        : newestOf(messages.slice(-pending.length).map(wordsOf), config.contextTokens).join('\n');
    const text = masking ? masking.mask(said) : said;
    const hash = createHash('sha256').update(text).digest('base64url');
    const prompt = { instructions: '', messages: [{ role: 'user' as const, text }], hash };
    return { approved, passages: [], prompt, masking, hasTools: false };
  }

  /** What was said as it may be read outside, and what is looked for. */
  function readBy({ spoken, pending, policy, rules, signal }: AnswerWish) {
    const masking = policy.masking ? createMasking() : null;
    const messages = spoken.messages.map(readOf).map((message) => ({
      ...message,
      text: starred(message.text, rules.words.find(message.text)),
    }));
    const text = queryOf(messages, pending.length);
    const query: KnowledgeQuery = {
      tenantId: spoken.tenantId,
      robotId: spoken.robot.id,
      bases: policy.knowledge,
      limit: PASSAGES,
      signal,
      // An endpoint for embeddings is no place for personal data either.
      text: (masking ? masking.mask(text) : text).slice(-LONGEST_QUERY),
    };
    return { masking, messages, query };
  }

  async function prepareModel(wish: AnswerWish): Promise<Prepared> {
    const { spoken, pending, policy, trial } = wish;
    const { masking, messages, query } = readBy(wish);
    const isAsked = looksFor(wish) && query.text !== '';
    const [{ approved, passages }, organisation, pictures, actions, hasTools] = await Promise.all([
      isAsked ? knownFor(query) : NOTHING_KNOWN,
      organisationOf(spoken),
      policy.pictures ? picturesOf(spoken, pending, { conversations, providers }) : new Map<string, Picture>(),
      spoken.id === '' ? [] : robotTools.carriedOut(placeOf(spoken)),
      trial?.tools ? trial.tools.length > 0 : robotTools.has(placeOf(spoken)),
    ]);
    const subject = {
      robot: {
        name: spoken.robot.isNamed ? spoken.robot.name : '',
        channel: spoken.robot.channel,
        scenario: spoken.robot.settings.aiScenario ?? '',
      },
      contact: spoken.contact.id === '' ? null : spoken.contact,
      organisation,
      group: spoken.group,
      messages,
      pending: pending.length,
      passages,
      actions,
      isOpen: spoken.isOpen,
      hasTools,
    };
    const bounds = { before: spoken.robot.settings.aiContextLength, tokens: config.contextTokens };
    return { approved, passages, prompt: promptOf(policy, subject, bounds, masking, pictures), masking, hasTools };
  }

  /** Looked for where it is said: in the place of a name. */
  async function organisationOf({ robot, tenantId }: AnswerWish['spoken']): Promise<string> {
    return robot.isNamed ? '' : ((await people.tenantByUuid(tenantId))?.name ?? '');
  }

  async function knownFor(query: KnowledgeQuery): Promise<typeof NOTHING_KNOWN> {
    const approved = await knowledge.approvedAnswer(query);
    return { approved, passages: approved ? [] : await knowledge.search(query) };
  }
}

/** As far as it is read: a hundred long ones would hold everybody up. */
function readOf(message: SpokenMessage): SpokenMessage {
  return { ...message, text: cutText(message.text, MOST_OF_MESSAGE) };
}

function approvedAnswer(wish: AnswerWish, { id, answer }: ApprovedAnswer): Made {
  return withoutBadWords(wish, { ...NOTHING, action: 'reply', reason: '', text: answer, approved: id });
}

/** As many of the last as have so many tokens together, and the last one in any case. */
function newestOf(texts: readonly string[], mostTokens: number): string[] {
  let tokens = 0;
  const first = texts.findLastIndex((text, place) => {
    tokens += roughTokens(text);
    return tokens > mostTokens && place < texts.length - 1;
  });
  return texts.slice(first + 1);
}

function transcriptOf(messages: readonly SpokenMessage[]): string {
  return messages
    .map((message) => `${message.author === 'contact' ? 'Customer' : 'We'}: ${wordsOf(message)}`)
    .join('\n\n');
}

function placeOf({ id, tenantId, robot }: AnswerWish['spoken']) {
  return { tenantId, robotId: robot.id, conversationId: id };
}

function madeOf(wish: AnswerWish, { passages, prompt, masking }: Prepared, answer: ModelAnswer): Made {
  const asked = askedOf(answer);
  const given = (answer.value ?? { action: 'reply', text: answer.text }) as Answered;
  const known = { ...NOTHING, asked, promptHash: prompt.hash };
  if (given.action === 'handover') return { ...handover(wish, 'model'), asked, promptHash: prompt.hash };
  const shown = withoutThoughts(given.text);
  const text = (masking ? masking.unmask(shown) : shown).trim();
  if (given.action === 'silent' || text === '')
    return { ...known, action: 'silent', reason: given.action === 'silent' ? 'model' : 'empty' };
  const sources = sourcesOf(passages, given.sources ?? []);
  const cited = wish.policy.citations ? withCitations(text, sources) : text;
  return withoutBadWords(wish, { ...known, action: 'reply', reason: '', text: cited, sources });
}

function withoutBadWords(wish: AnswerWish, made: Made): Made {
  const found = wish.rules.words.find(made.text);
  if (found.length === 0) return made;
  const { asked, promptHash } = made;
  switch (wish.policy.words_out) {
    case 'mask':
      return { ...made, text: starred(made.text, found) };
    case 'refuse':
      return { ...fixed(wish, 'refused', 'sensitive_words'), asked, promptHash };
    case 'handover':
      return { ...handover(wish, 'sensitive_words'), asked, promptHash };
  }
}

function fixed({ policy, pending }: AnswerWish, name: 'refused' | 'unknown', reason: string): Made {
  return { ...NOTHING, action: 'reply', reason, text: sentenceOf(policy, name, saidIn(pending)), isFixed: true };
}

/** A person takes over, now or when somebody is there again. */
export function handover({ policy, pending, spoken }: Omit<AnswerWish, 'rules' | 'signal'>, reason: string): Made {
  const name = spoken.isOpen ? 'handover' : 'closed';
  return { ...NOTHING, action: 'handover', reason, text: sentenceOf(policy, name, saidIn(pending)), isFixed: true };
}

function looksFor({ policy }: AnswerWish): boolean {
  return policy.knowledge === null || policy.knowledge.length > 0;
}

function queryOf(messages: readonly SpokenMessage[], pending: number): string {
  const text = saidIn(messages.slice(-pending));
  if (text.length >= SHORT_QUERY) return text;
  const before = messages.slice(0, -pending).findLast(({ author }) => author === 'contact');
  return `${before?.text ?? ''} ${text}`.trim();
}

function askerOf({ spoken, workflow = null }: AnswerWish, purpose: Purpose) {
  return {
    tenantId: spoken.tenantId,
    purpose,
    robotId: spoken.robot.id || null,
    workflowId: workflow,
    contactId: spoken.contact.id || null,
    conversationId: spoken.id || null,
  };
}

function askedOf({ provider, model, costMicros, inputTokens, outputTokens }: ModelAnswer): Asked {
  return { provider, model, micros: costMicros, inputTokens, outputTokens };
}

/** Of the passages that the answer names, those that there are, each once. */
function sourcesOf(passages: readonly Passage[], named: readonly string[]): Source[] {
  return passages
    .filter((_, place) => named.includes(`S${place + 1}`))
    .map(({ id, documentId, document, headings, page, offset }) => ({
      id,
      document_id: documentId,
      document,
      headings,
      page,
      offset,
    }));
}

function withCitations(text: string, sources: readonly Source[]): string {
  const places = sources.map(({ document, headings, page }) => {
    const path = [document, ...headings].join(' › ');
    return page === null ? path : `${path}, p. ${page}`;
  });
  const lines = [...new Set(places)].map((place, index) => `[${index + 1}] ${place}`);
  return lines.length === 0 ? text : `${text}\n\n${lines.join('\n')}`;
}

/** What a tool is asked has the values again; what it gives has placeholders. */
function maskedTool(tool: ModelTool, masking: Masking): ModelTool {
  return {
    ...tool,
    async run(input, signal) {
      const given = await tool.run(unmasked(input ?? null, masking), signal);
      const masked = maskedValue(given ?? null, masking);
      return typeof masked === 'string' ? masked : JSON.stringify(masked);
    },
  };
}

/** In each text of the value: a placeholder may stand for what is no JSON as it is. */
function unmasked(value: unknown, masking: Masking): unknown {
  return JSON.parse(JSON.stringify(value), (_name, part: unknown) =>
    typeof part === 'string' ? masking.unmask(part) : part,
  );
}
