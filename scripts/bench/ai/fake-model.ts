/** A model whose answers all take the same time, as a process of its own; prints its port. */
import { LLMock } from '@copilotkit/aimock';

const [latencyMs = '300'] = process.argv.slice(2);
const model = new LLMock({ port: 0, logLevel: 'silent', journalMaxEntries: 1 });
model.on(
  {},
  { content: JSON.stringify({ action: 'reply', text: 'It is ten euros.' }) },
  { streamingProfile: { ttft: Number(latencyMs) } },
);
await model.start();
console.log(JSON.stringify({ url: model.url }));
process.once('SIGTERM', () => process.exit(0));
