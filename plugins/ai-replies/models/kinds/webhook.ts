/**
 * An address of one's own. As an assistant it is posted `{conversation_id, text, inputs, user}`, and answers `{text, action?,
 * conversation_id?, usage?}`, where `action` is `reply`, `handover` or `silent`. Where ours goes along it is posted `{model, instructions,
 * messages: [{role, content}], schema, user}` and answers `{text, usage?: {input_tokens, output_tokens}}`. Either may answer `{error}`.
 */
import { type AskKind, NoSuchSession, ProviderFailure, refuseFailure } from './kind.ts';
import { countOf, objectOf, reportSession, textOf } from './one-text.ts';

export const askWebhook: AskKind = async ({ baseUrl, apiKey, headers }, request, fetch) => {
  const { model, instructions, schema, user, temperature, maxOutputTokens, turn } = request;
  const response = await fetch(baseUrl, {
    method: 'POST',
    headers: {
      ...headers,
      'content-type': 'application/json',
      ...(apiKey !== '' && { authorization: `Bearer ${apiKey}` }),
    },
    body: JSON.stringify(
      turn
        ? { conversation_id: turn.session, text: turn.text, inputs: turn.inputs, user }
        : {
            model,
            instructions,
            schema,
            user,
            temperature,
            max_output_tokens: maxOutputTokens,
            messages: request.messages.map(({ role, text }) => ({ role, content: text })),
          },
    ),
    signal: request.signal,
  });
  if (response.status === 404 && turn?.session) {
    await response.body?.cancel();
    throw new NoSuchSession();
  }
  await refuseFailure(response, request.now);
  const { text, usage, error, action, conversation_id } = objectOf(await response.text());
  reportSession(conversation_id, turn);
  if (error !== undefined && error !== null) throw new ProviderFailure(textOf(error) || JSON.stringify(error));
  const isAction = turn !== null && (action === 'handover' || action === 'silent');
  if (typeof text !== 'string' && !isAction) throw new ProviderFailure('Its answer has no `text`');
  const { input_tokens, output_tokens } = Object(usage);
  return {
    text: textOf(text),
    inputTokens: countOf(input_tokens),
    outputTokens: countOf(output_tokens),
    toolsCalled: [],
    ...(isAction && { action }),
  };
};
