/**
 * Dify: `POST /chat-messages`, streaming. It keeps its instructions to itself and takes one text, so ours, the history and the
 * question go along as one (docs.dify.ai, "Send chat message").
 */
import { type AskKind, failedAfter, ProviderFailure, refuseFailure } from './kind.ts';
import { asOneText, countOf, objectOf, textOf } from './one-text.ts';
import { serverSent } from './server-sent.ts';

export const askDify: AskKind = async ({ baseUrl, apiKey, headers }, request, fetch) => {
  const response = await fetch(`${baseUrl.replace(/\/+$/, '')}/chat-messages`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json', authorization: `Bearer ${apiKey}` },
    body: JSON.stringify({
      inputs: {},
      query: asOneText(request),
      response_mode: 'streaming',
      user: request.user,
      auto_generate_name: false,
    }),
    signal: request.signal,
  });
  await refuseFailure(response, request.now);
  let text = '';
  try {
    for await (const { data } of serverSent(response)) {
      const { event, answer, message, status, metadata } = objectOf(data);
      if (event === 'message' || event === 'agent_message') text += textOf(answer);
      if (event === 'message_replace') text = textOf(answer);
      if (event === 'error')
        throw new ProviderFailure(textOf(message) || 'It says that it has failed', { status: countOf(status) });
      if (event === 'message_end') {
        const { usage } = Object(metadata);
        const { prompt_tokens, completion_tokens } = Object(usage);
        return {
          text,
          inputTokens: countOf(prompt_tokens),
          outputTokens: countOf(completion_tokens),
          toolsCalled: [],
        };
      }
    }
    throw new ProviderFailure('The answer was cut off');
  } catch (error) {
    throw failedAfter(text, error);
  }
};
