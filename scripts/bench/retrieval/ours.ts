/** Paragraphs as documents of a base, and what its search finds. */
import type { BaseRow } from '#plugins/ai-replies/knowledge/tables.ts';
import type { Insides } from '#test/support/insides.ts';
import type { Find, Paragraph } from './questions.ts';

const LOOK_MS = 20;
const MOST = 5;
const STEP = 50;

/** Resolves when all of them have been read. */
export async function ours(services: Insides, base: BaseRow, paragraphs: readonly Paragraph[]): Promise<Find> {
  const { db, documents, knowledge } = services;
  const numbers = new Map<string, number>();
  const files = paragraphs.map(({ text }, number) => {
    const bytes = Buffer.from(text, 'utf8');
    return { name: `Paragraph ${number}`, userId: null, bytes, mediaType: 'text/plain' };
  });
  for (let start = 0; start < files.length; start += STEP)
    for (const { uuid, name } of await documents.addAll(base, files.slice(start, start + STEP)))
      numbers.set(uuid, Number(name.slice(name.indexOf(' '))));
  while (await db.read('ai_replies_documents').where({ base: base.id, state: 'waiting' }).first('id'))
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  return async (text) => {
    const found = await knowledge.search({ tenantId: base.tenant_id, bases: [base.uuid], text, limit: MOST });
    return found.map(({ documentId }) => numbers.get(documentId) ?? -1);
  };
}
