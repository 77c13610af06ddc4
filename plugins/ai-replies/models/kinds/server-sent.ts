/** Server-sent events out of an answer, for APIs that no library here speaks. */
import { EventSourceParserStream } from 'eventsource-parser/stream';

export interface ServerSent {
  event: string;
  data: string;
}

export async function* serverSent(response: Response): AsyncGenerator<ServerSent> {
  if (!response.body) return;
  const events = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  for await (const { event = 'message', data } of events) yield { event, data };
}
