/**
 * Coze: `POST /v3/chat`, streaming, where the model is the id of a bot. The bot has instructions of its own; ours go before the
 * question (coze.cn/open/docs, "chat v3").
 */
import { type AskKind, failedAfter, ProviderFailure, refuseFailure } from './kind.ts';
import { asOneText, countOf, objectOf, textOf } from './one-text.ts';
import { serverSent } from './server-sent.ts';

export const askCoze: AskKind = async ({ baseUrl, apiKey, headers }, request, fetch) => {
  const response = await fetch(`${baseUrl.replace(/\/+$/, '')}/v3/chat`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json', authorization: `Bearer ${apiKey}` },
    body: JSON.stringify({
      bot_id: request.model,
      user_id: request.user,
      stream: true,
      auto_save_history: false,
      additional_messages: [{ role: 'user', type: 'question', content_type: 'text', content: asOneText(request) }],
    }),
    signal: request.signal,
  });
  await refuseFailure(response, request.now);
  // What is wrong with the request it says in JSON, with 200.
  if (!(response.headers.get('content-type') ?? '').includes('text/event-stream')) {
    const { code, msg } = objectOf(await response.text());
    throw new ProviderFailure(textOf(msg) || `It answers with the code ${String(code)}`);
  }
  let text = '';
  try {
    for await (const { event, data } of serverSent(response)) {
      if (event === 'done') break;
      if (event === 'error') throw new ProviderFailure(textOf(objectOf(data).msg) || 'It says that it has failed');
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
