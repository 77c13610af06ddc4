/**
 * Coze: `POST /v3/chat`, streaming, where the model is the id of a bot (coze.cn/open/docs, "chat v3"). The bot has instructions of
 * its own and remembers a conversation by its id; where ours are to go along, they stand before the question.
 */
import { type AskKind, type ForgetKind, failedAfter, NoSuchSession, ProviderFailure, refuseFailure } from './kind.ts';
import { asOneText, countOf, objectOf, reportSession, rootOf, textOf } from './one-text.ts';
import { serverSent } from './server-sent.ts';

/** What it says of a conversation that is not there, or is somebody else's. */
const NO_CONVERSATION = new Set([4200, 4101]);

export const askCoze: AskKind = async ({ baseUrl, apiKey, headers }, request, fetch) => {
  const { turn } = request;
  const query = turn?.session ? `?conversation_id=${encodeURIComponent(turn.session)}` : '';
  const response = await fetch(`${rootOf(baseUrl)}/v3/chat${query}`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json', authorization: `Bearer ${apiKey}` },
    body: JSON.stringify({
      bot_id: request.model,
      user_id: request.user,
      stream: true,
      // Without it the bot forgets each question.
      auto_save_history: turn !== null,
      ...(turn && { custom_variables: turn.inputs }),
      additional_messages: [
        { role: 'user', type: 'question', content_type: 'text', content: turn ? turn.text : asOneText(request) },
      ],
    }),
    signal: request.signal,
  });
  await refuseFailure(response, request.now);
  // What is wrong with the request it says in JSON, with 200.
  if (!(response.headers.get('content-type') ?? '').includes('text/event-stream')) {
    const { code, msg } = objectOf(await response.text());
    if (turn?.session && NO_CONVERSATION.has(Number(code))) throw new NoSuchSession(textOf(msg));
    throw new ProviderFailure(textOf(msg) || `It answers with the code ${String(code)}`);
  }
  let text = '';
  try {
    for await (const { event, data } of serverSent(response)) {
      if (event === 'done') break;
      if (event === 'error') throw new ProviderFailure(textOf(objectOf(data).msg) || 'It says that it has failed');
      if (event === 'conversation.chat.created') reportSession(objectOf(data).conversation_id, turn);
      if (event === 'conversation.message.delta') {
        const { type, content } = objectOf(data);
        if (type === 'answer') text += textOf(content);
      }
      if (event === 'conversation.chat.failed') {
        const { last_error } = objectOf(data);
        throw new ProviderFailure(textOf(Object(last_error).msg) || 'It says that it has failed');
      }
      if (event === 'conversation.chat.requires_action')
        throw new ProviderFailure('Its bot wants a function carried out');
      if (event === 'conversation.chat.completed') {
        const { usage } = objectOf(data);
        const { input_count, output_count } = Object(usage);
        return { text, inputTokens: countOf(input_count), outputTokens: countOf(output_count), toolsCalled: [] };
      }
    }
    throw new ProviderFailure('The answer was cut off');
  } catch (error) {
    throw failedAfter(text, error);
  }
};

/** "Delete conversation"; an error stands in an answer of 200. */
export const forgetCoze: ForgetKind = async ({ baseUrl, apiKey, headers }, { id, signal, now }, fetch) => {
  const response = await fetch(`${rootOf(baseUrl)}/v1/conversations/${encodeURIComponent(id)}`, {
    method: 'DELETE',
    headers: { ...headers, 'content-type': 'application/json', authorization: `Bearer ${apiKey}` },
    signal,
  });
  if (response.status === 404) return void (await response.body?.cancel());
  await refuseFailure(response, now);
  const { code, msg } = objectOf(await response.text());
  if (code !== 0 && !NO_CONVERSATION.has(Number(code)))
    throw new ProviderFailure(textOf(msg) || `It answers with the code ${String(code)}`);
};
