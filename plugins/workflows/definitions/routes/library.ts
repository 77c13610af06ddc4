/** Our own API: definitions in bulk, and the ready ones. */
import Type from 'typebox';
import { ACCEPT_LANGUAGE, createSummarize, reply, route } from '#core/plugin.ts';
import { MANAGE, READ, tenantOf } from '../../access.ts';
import { exampleIn } from '../examples.ts';
import type { DefinitionsScope } from '../services.ts';
import { exampleTexts } from '../summaries.ts';
import { documentsIn } from '../transfer.ts';

const LIMIT_BYTES = 10 * 1024 * 1024;
const Transferred = Type.Object({ namespace: Type.String(), name: Type.String(), version: Type.String() });
const summarize = createSummarize([{ zh: exampleTexts }]);
const ExampleView = Type.Object({
  name: Type.String(),
  title: Type.String(),
  summary: Type.String(),
  definition: Type.String(),
});

export const libraryRoutes = [
  route({
    method: 'GET',
    path: '/api/platform/workflows/export',
    operationId: 'exportWorkflows',
    access: READ,
    summary: 'All active definitions as they were given, one YAML document after another',
    responses: { 200: null },
    produces: ['application/yaml'],
    async handler({ principal }, { workflowTransfer, operations }: DefinitionsScope) {
      const tenantId = tenantOf(principal);
      const what = { kind: 'workflows.export', title: 'Export of workflows', scope: 'workflows:read', canCancel: true };
      const documents = await operations.run({ ...what, principal, onlyWhenLong: true }, (progress) =>
        workflowTransfer.exported(tenantId, progress),
      );
      return reply(200, documents, {
        'content-type': 'application/yaml; charset=utf-8',
        'content-disposition': 'attachment; filename="workflows.yaml"',
      });
    },
  }),
  route({
    method: 'POST',
    path: '/api/platform/workflows/import',
    access: MANAGE,
    summary: 'Publishes every document of such a file; nothing when one of them is wrong',
    description: '`errors` of a 422 name the `document`, counted from 0. Existing workflows stay as they are.',
    bodyLimit: LIMIT_BYTES,
    body: Type.Object(
      { definitions: Type.String({ maxLength: LIMIT_BYTES }), enabled: Type.Optional(Type.Boolean()) },
      { examples: [{ definitions: 'document: { name: one, … }\n---\ndocument: { name: two, … }\n' }] },
    ),
    responses: { 201: Type.Object({ items: Type.Array(Transferred) }) },
    async handler({ body, principal }, { workflowTransfer, operations }: DefinitionsScope) {
      const { definitions, ...wish } = body;
      const tenantId = tenantOf(principal);
      const documents = documentsIn(definitions);
      const what = { kind: 'workflows.import', title: 'Import of workflows', scope: 'workflows:read', canCancel: true };
      const items = await operations.run({ ...what, principal, onlyWhenLong: true }, (progress) =>
        workflowTransfer.imported(tenantId, documents, wish, principal, progress),
      );
      return { items };
    },
  }),
  route({
    method: 'GET',
    path: '/api/platform/workflow-examples',
    access: READ,
    summary: 'Ready definitions to start from',
    requestHeaders: ACCEPT_LANGUAGE,
    responses: { 200: Type.Object({ items: Type.Array(ExampleView), next_cursor: Type.Null() }) },
    async handler({ ctx }, { workflowExamples }: DefinitionsScope) {
      const items = await workflowExamples.list();
      const inLanguage = (name: string, english: string) => summarize(ctx, name, english);
      return { items: items.map((example) => exampleIn(example, inLanguage)), next_cursor: null };
    },
  }),
];
