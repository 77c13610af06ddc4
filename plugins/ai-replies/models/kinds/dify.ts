/**
 * Dify: `POST /chat-messages`, streaming (docs.dify.ai, "Send chat message"). An app keeps its instructions to itself and remembers
 * what was said under its id of the conversation. It takes one text: where ours is to go along, it is all in that.
 */
import {
  type AskKind,
  type ForgetKind,
  failedAfter,
  type KindTurn,
  NoSuchSession,
  ProviderFailure,
  refuseFailure,
} from './kind.ts';
import { asOneText, countOf, objectOf, reportSession, rootOf, textOf } from './one-text.ts';
import { serverSent } from './server-sent.ts';

export const askDify: AskKind = async ({ baseUrl, apiKey, headers }, request, fetch) => {
  const { turn } = request;
  const response = await fetch(`${rootOf(baseUrl)}/chat-messages`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json', authorization: `Bearer ${apiKey}` },
    body: JSON.stringify({
      inputs: turn?.inputs ?? {},
      query: turn ? turn.text : asOneText(request),
      response_mode: 'streaming',
      conversation_id: turn?.session ?? '',
      user: request.user,
      auto_generate_name: false,
    }),
    signal: request.signal,
  });
  if (response.status === 404 && turn?.session) {
    await response.body?.cancel();
    throw new NoSuchSession();
  }
  await refuseFailure(response, request.now);
  // An app behind a proxy may answer at once, as in its blocking mode.
  if ((response.headers.get('content-type') ?? '').includes('application/json'))
    return answerOf(objectOf(await response.text()), turn);
  let text = '';
  try {
    for await (const { data } of serverSent(response)) {
      const { event, answer, message, status, metadata, conversation_id } = objectOf(data);
      reportSession(conversation_id, turn);
      if (event === 'message' || event === 'agent_message') text += textOf(answer);
      if (event === 'message_replace') text = textOf(answer);
      if (event === 'error')
        throw new ProviderFailure(textOf(message) || 'It says that it has failed', { status: countOf(status) });
      if (event === 'message_end') return answerOf({ answer: text, metadata }, turn);
    }
    throw new ProviderFailure('The answer was cut off');
  } catch (error) {
    throw failedAfter(text, error);
  }
};

/** "Delete conversation": it belongs to the user who has begun it. */
export const forgetDify: ForgetKind = async ({ baseUrl, apiKey, headers }, { id, user, signal, now }, fetch) => {
  const response = await fetch(`${rootOf(baseUrl)}/conversations/${encodeURIComponent(id)}`, {
    method: 'DELETE',
    headers: { ...headers, 'content-type': 'application/json', authorization: `Bearer ${apiKey}` },
    body: JSON.stringify({ user }),
    signal,
  });
  if (response.status !== 404) await refuseFailure(response, now);
  await response.body?.cancel();
};

function answerOf({ answer, metadata, conversation_id }: Readonly<Record<string, unknown>>, turn: KindTurn | null) {
  reportSession(conversation_id, turn);
  const { prompt_tokens, completion_tokens } = Object(Object(metadata).usage);
  return {
    text: textOf(answer),
    inputTokens: countOf(prompt_tokens),
    outputTokens: countOf(completion_tokens),
    toolsCalled: [],
  };
}
