/**
 * An address of one's own: it is posted `{model, instructions, messages: [{role, content}], schema, user}` and answers
 * `{text, usage?: {input_tokens, output_tokens}}`, or `{error}`.
 */
import { type AskKind, ProviderFailure, refuseFailure } from './kind.ts';
import { countOf, objectOf, textOf } from './one-text.ts';

export const askWebhook: AskKind = async ({ baseUrl, apiKey, headers }, request, fetch) => {
  const { model, instructions, schema, user, temperature, maxOutputTokens } = request;
  const response = await fetch(baseUrl, {
    method: 'POST',
    headers: {
      ...headers,
      'content-type': 'application/json',
      ...(apiKey !== '' && { authorization: `Bearer ${apiKey}` }),
    },
    body: JSON.stringify({
      model,
      instructions,
      schema,
      user,
      temperature,
      max_output_tokens: maxOutputTokens,
      messages: request.messages.map(({ role, text }) => ({ role, content: text })),
    }),
    signal: request.signal,
  });
  await refuseFailure(response, request.now);
  const { text, usage, error } = objectOf(await response.text());
  if (error !== undefined && error !== null) throw new ProviderFailure(textOf(error) || JSON.stringify(error));
  if (typeof text !== 'string') throw new ProviderFailure('Its answer has no `text`');
  const { input_tokens, output_tokens } = Object(usage);
  return { text, inputTokens: countOf(input_tokens), outputTokens: countOf(output_tokens), toolsCalled: [] };
};
