/** The clients of Dify and of Coze themselves speak to our fakes of them, so that what ours speaks is what theirs speak. */
import assert from 'node:assert/strict';
import { ChatEventType, CozeAPI, RoleType } from '@coze/api';
import { ChatClient } from 'dify-client';
import { type FakeCoze, fakeCoze } from './fake-coze.ts';
import { type FakeDify, fakeDify } from './fake-dify.ts';

describe('the clients of assistants', () => {
  let dify: FakeDify;
  let coze: FakeCoze;
  before(async () => {
    dify = await fakeDify();
    coze = await fakeCoze();
  });
  after(async () => {
    await dify.stop();
    await coze.stop();
  });

  it('of Dify: a conversation that goes on, is somebody’s own, and is deleted', async () => {
    const client = new ChatClient(dify.key, dify.url) as any;
    // (inputs, query, user, stream, conversation_id), whatever its declared types say.
    const ask = (query: string, user: string, id: string | null = null) =>
      client.createChatMessage({}, query, user, false, id);
    const first = await ask('one', 'ada');
    assert.equal(first.data.answer, 'Heard: one');
    const id = first.data.conversation_id;
    assert.equal((await ask('two', 'ada', id)).data.answer, 'Heard: one | two');
    await assert.rejects(ask('three', 'bob', id), { status: 404 });
    await client.deleteConversation(id, 'ada');
    await assert.rejects(ask('three', 'ada', id), { status: 404 });
    const { data: stream } = await client.createChatMessage({}, 'streamed', 'ada', true);
    let text = '';
    for await (const chunk of stream) text += chunk;
    assert.match(text, /"event":"message_end"/);
  });

  it('of Coze: a conversation that goes on in a stream', async () => {
    const client = new CozeAPI({ baseURL: coze.url, token: coze.key });
    const ask = async (content: string, conversation_id?: string) => {
      let text = '';
      let id = '';
      const stream = client.chat.stream({
        bot_id: 'bot',
        user_id: 'ada',
        ...(conversation_id && { conversation_id }),
        additional_messages: [{ role: RoleType.User, content, content_type: 'text' }],
      });
      for await (const part of stream) {
        if (part.event === ChatEventType.CONVERSATION_CHAT_CREATED) id = part.data.conversation_id;
        if (part.event === ChatEventType.CONVERSATION_MESSAGE_DELTA) text += part.data.content;
      }
      return { text, id };
    };
    const first = await ask('one');
    assert.equal(first.text, 'Heard: one');
    assert.equal((await ask('two', first.id)).text, 'Heard: one | two');
    assert.equal((await client.conversations.retrieve(first.id)).id, first.id);
    const response = await fetch(`${coze.url}/v1/conversations/${first.id}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${coze.key}` },
    });
    assert.deepEqual(await response.json(), { code: 0, msg: '' });
    await assert.rejects(client.conversations.retrieve(first.id));
  });
});
