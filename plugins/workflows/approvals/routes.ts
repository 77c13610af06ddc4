/** Decisions of people: the page behind the link of `workflows.approve`. It changes nothing before a button is pressed. */
import Type from 'typebox';
import { htmlPage, isoTime } from '#core/kit.ts';
import { listRoute, route } from '#core/plugin.ts';
import type { WaitRow } from '../engine/tables.ts';
import { Time } from '../time-view.ts';
import type { ApprovalsScope } from './services.ts';

const SCRIPT = `
const token = new URLSearchParams(location.search).get('token') ?? '';
const output = document.querySelector('output');
async function call(method, body) {
  const answer = await fetch('/api/platform/approvals' + (method === 'GET' ? '?token=' + encodeURIComponent(token) : ''), {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify({ token, ...body }) }),
  });
  const data = await answer.json();
  if (!answer.ok) throw new Error(data.detail ?? data.title);
  return data;
}
function show({ title, text, decided }) {
  document.querySelector('h1').textContent = title;
  document.querySelector('#text').textContent = text;
  document.querySelector('form').hidden = decided !== null;
  if (decided !== null) output.textContent = decided ? 'It was approved.' : 'It was declined.';
}
document.querySelector('form').addEventListener('submit', async (event) => {
  event.preventDefault();
  try {
    show(await call('POST', { approved: event.submitter.value === 'yes', comment: document.querySelector('textarea').value }));
  } catch (error) { output.textContent = error.message; }
});
call('GET').then(show, (error) => { output.textContent = error.message; document.querySelector('form').hidden = true; });
`;
const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 34rem; margin: 4rem auto; padding: 0 1rem; color: #1d2530; background: #f6f7f9 }
#text { white-space: pre-wrap; overflow-wrap: anywhere } form { display: grid; gap: .8rem } [hidden] { display: none }
textarea, button { font: inherit; padding: .5rem .9rem; border: 1px solid #b6bfca; border-radius: .4rem }
div { display: flex; gap: .8rem } button { cursor: pointer; background: #fff } button[value=yes] { background: #1f5fbf; color: #fff; border-color: #1f5fbf }
`;
const BODY = `<h1>A decision</h1>
<p id="text"></p>
<form>
  <label>Comment (optional)<br><textarea name="comment" rows="3" cols="40" maxlength="2000"></textarea></label>
  <div><button value="yes">Approve</button><button value="no">Decline</button></div>
</form>
<output role="status"></output>`;
const Token = Type.String({ minLength: 1, maxLength: 2000, writeOnly: true });
export const ApprovalView = Type.Object({
  title: Type.String(),
  text: Type.String(),
  decided: Type.Union([Type.Boolean(), Type.Null()], { description: 'null before anybody has decided' }),
});

const ExecutionRef = Type.Object({ id: Type.String({ minLength: 1, maxLength: 36 }) });
const LinkView = Type.Object({
  title: Type.String(),
  to: Type.String({ description: 'The address that is asked' }),
  link: Type.String({ description: 'Anyone who has it decides' }),
});

export const approvalRoutes = [
  listRoute({
    path: '/api/platform/approvals/waiting',
    // A key decides nothing: what is here is as good as the link in the mail.
    access: { kinds: ['user'] },
    summary: 'Decisions that you are asked for, newest first, if your address is confirmed',
    item: Type.Object({
      id: Type.Integer(),
      ...ApprovalView.properties,
      asked_at: Time,
      token: Type.String({ description: 'For `POST /api/platform/approvals`' }),
    }),
    columns: {
      asked_at: { type: 'time', column: 'created_at', filter: 'range' },
      id: { type: 'integer', sort: true },
    },
    sort: '-id',
    rows: ({ principal }, { db }: ApprovalsScope) =>
      db.read('workflows_waits').where({ kind: 'approval', approver_id: principal.id }),
    items: (rows: WaitRow[], { workflowApprovals }: ApprovalsScope) =>
      rows.map((row) => ({ id: row.id, ...workflowApprovals.askedIn(row), asked_at: isoTime(row.created_at) })),
  }),
  route({
    method: 'POST',
    path: '/api/platform/executions/{id}/approval-links',
    access: 'superadmin',
    summary: 'Links to the decisions that an execution waits for, to be given by hand where no mail can be sent',
    params: ExecutionRef,
    responses: { 200: Type.Object({ items: Type.Array(LinkView) }) },
    async handler({ principal, params, ip, userAgent }, { workflowApprovals }: ApprovalsScope) {
      return { items: await workflowApprovals.linksOf(principal, params.id, { ip, userAgent }) };
    },
  }),
  route({
    method: 'GET',
    path: '/workflows/approve',
    plainPage: true,
    access: 'public',
    summary: 'The page of a link to a decision',
    responses: { 200: null },
    produces: ['text/html'],
    handler: () => htmlPage({ title: 'A decision', style: STYLE, script: SCRIPT, body: BODY }),
  }),
  route({
    method: 'GET',
    path: '/api/platform/approvals',
    operationId: 'getApproval',
    access: 'public',
    summary: 'What a link asks to decide',
    query: Type.Object({ token: Token }),
    responses: { 200: ApprovalView },
    handler: ({ query }, { workflowApprovals }: ApprovalsScope) => workflowApprovals.show(query.token),
  }),
  route({
    method: 'POST',
    path: '/api/platform/approvals',
    operationId: 'decideApproval',
    access: 'public',
    summary: 'Decides; the first decision counts',
    body: Type.Object(
      {
        token: Token,
        approved: Type.Boolean(),
        comment: Type.Optional(Type.String({ maxLength: 2000 })),
      },
      { examples: [{ token: 'the one in the link', approved: true, comment: 'fine' }] },
    ),
    responses: { 200: ApprovalView },
    handler: ({ body }, { workflowApprovals }: ApprovalsScope) =>
      workflowApprovals.decide(body.token, body.approved, body.comment ?? ''),
  }),
];
