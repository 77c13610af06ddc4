/** Knowledge: a document is uploaded, read and found; an answer is approved; a test set says whether all that is found. */
import assert from 'node:assert/strict';
import type { Person } from '#test/support/accounts.ts';
import { type Answers, said, say, startAnswers } from '../../plugins/ai-replies/answers-support.ts';
import { siteServer } from '../../plugins/ai-replies/source-servers.ts';
import { upload } from '../../plugins/robots/support.ts';
import { type Visitor, visit } from '../support/visitor.ts';

const MANUAL = '# Delivery\n\nParcels are delivered within three days.\n\n# 退货\n\n七天之内可以无理由退货。\n';

describe('knowledge of AI', function () {
  this.timeout(60_000);
  let answers: Answers;
  let owner: Person;
  let visitor: Visitor;
  before(async () => {
    answers = await startAnswers({ plugins: { admin: {} } });
    owner = (await answers.tenant()).owner;
  });
  after(() => answers.stop());
  afterEach(() => visitor.leave());

  it('begins with a base, into which documents are uploaded, and finds what stands in them', async () => {
    visitor = await visit(answers.app);
    const { page } = visitor;
    await visitor.signIn(owner.email, owner.password);
    await visitor.open('/assistants/knowledge');
    await page.getByRole('button', { name: 'New knowledge base' }).first().click();
    const form = page.getByRole('dialog', { name: 'New knowledge base' });
    await form.getByLabel('Name').fill('Shop');
    await form.getByRole('button', { name: 'Create' }).click();
    await visitor.sees('Shop');
    const chosen = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Choose files' }).click();
    await (await chosen).setFiles([
      { name: 'manual.md', mimeType: 'text/markdown', buffer: Buffer.from(MANUAL) },
      { name: 'broken.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4 nothing') },
    ]);
    // Without anybody asking: it is told when it was read.
    await page.getByRole('grid').getByText('Ready').waitFor();
    await page.getByRole('grid').getByText('Failed').waitFor();
    await visitor.assertAccessible();

    const search = page.getByRole('region', { name: 'What is found' });
    await search.getByLabel('Question').fill('When are parcels delivered?');
    await search.getByRole('button', { name: 'Search' }).click();
    await search.getByText('Parcels are delivered within three days.').waitFor();
    await search.getByText('› Delivery').waitFor();
    await search.getByRole('link', { name: 'manual.md' }).click();
    await visitor.sees('manual.md');
    await page.getByRole('region', { name: 'Passages' }).getByText('七天之内可以无理由退货').waitFor();
    await visitor.assertAccessible();
  });

  it('takes many documents at once, follows a source, and answers a colleague from them', async () => {
    const site = await siteServer();
    site.pages.set('/sitemap.xml', `<?xml version="1.0"?><urlset><url><loc>${site.url}/tapirs</loc></url></urlset>`);
    site.pages.set('/tapirs', '<html><title>Tapirs</title><body>Tapirs swim every morning.</body></html>');
    await owner.http.patch('/api/v2/tenant/settings', { ai_consent_enabled: true });
    const { body } = await owner.http.post('/api/platform/ai/bases', { name: 'Animals' });
    visitor = await visit(answers.app);
    const { page } = visitor;
    await visitor.signIn(owner.email, owner.password);
    await visitor.open(`/assistants/knowledge/${body.id}`);
    const chosen = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    const rows = 'name,text\nZebras,Zebras have stripes.\nNothing,\nLions,Lions sleep at noon.\n';
    await (await chosen).setFiles([{ name: 'rows.csv', mimeType: 'text/csv', buffer: Buffer.from(rows) }]);
    const imports = page.getByRole('region', { name: 'Imports' });
    await imports.getByText('2 added · 1 failed').waitFor();
    await imports.getByText('Line 3: Nothing').waitFor();

    await page.getByRole('button', { name: 'Add a source' }).click();
    const form = page.getByRole('dialog', { name: 'Add a source' });
    await form.getByLabel('Address').fill(site.url);
    await visitor.assertAccessible();
    await form.getByRole('button', { name: 'Add', exact: true }).click();
    const sources = page.getByRole('region', { name: 'Sources' });
    await sources.getByText('Up to date').waitFor();
    await sources.getByText('1 document').waitFor();
    await page.getByRole('grid').getByText('Tapirs').waitFor();
    await visitor.assertAccessible();

    answers.mock.clearFixtures();
    answers.mock.on({}, { content: 'Every morning [1].' });
    await visitor.open('/assistants/knowledge?tab=ask');
    const asking = page.getByRole('region', { name: 'Ask your documents' });
    await asking.getByLabel('Question').fill('When do tapirs swim?');
    await asking.getByRole('button', { name: 'Ask', exact: true }).click();
    await asking.getByText('Every morning [1].').waitFor();
    await asking.getByRole('link', { name: 'Tapirs' }).waitFor();
    await visitor.assertAccessible();
    await site.stop();
  });

  it('suggests an answer in the inbox, which a person sends', async () => {
    const { owner: other, robot } = await answers.tenant({}, null);
    await upload(robot, { spoken: 'When do you open?', receivedName: 'Ada' });
    const { body } = await other.http.get('/api/platform/robots/conversations');
    visitor = await visit(answers.app);
    const { page } = visitor;
    await visitor.signIn(other.email, other.password);
    await visitor.open(`/inbox?conversation=${body.items[0].id}`);
    const box = page.getByRole('textbox', { name: 'Answer' });
    await box.fill('Hello Ada,');
    answers.says('At nine.');
    await page.getByRole('button', { name: 'Suggest an answer' }).click();
    await page.getByText('No source was found: check the answer').waitFor();
    assert.equal(await box.inputValue(), 'Hello Ada,\nAt nine.');
    await visitor.assertAccessible();
  });

  it('shows a draft in its conversation, to be sent, changed or discarded there', async () => {
    const { owner: other, robot } = await answers.tenant({}, { approval: true });
    visitor = await visit(answers.app);
    const { page } = visitor;
    await visitor.signIn(other.email, other.password);
    await visitor.open('/inbox');
    const drafted = async (person: string, text: string) => {
      answers.says(text);
      await say(answers, robot, { spoken: 'When do you open?', receivedName: person });
      await page.getByRole('link', { name: new RegExp(person) }).click();
      const draft = page.getByRole('region', { name: 'AI draft' });
      await draft.getByText(text).waitFor();
      return draft;
    };
    const sent = await drafted('Ada', 'At nine.');
    await sent.getByText('No source').waitFor();
    await visitor.assertAccessible();
    await sent.getByRole('button', { name: 'Send as is' }).click();
    await sent.waitFor({ state: 'detached' });
    const discarded = await drafted('Ben', 'At ten.');
    await discarded.getByRole('button', { name: 'Discard' }).click();
    await discarded.waitFor({ state: 'detached' });
    const edited = await drafted('Cleo', 'At eleven.');
    await edited.getByRole('button', { name: 'Edit first' }).click();
    await page.keyboard.press('End');
    await page.keyboard.type(' Welcome!');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await edited.waitFor({ state: 'detached' });
    await page.getByRole('region', { name: 'Messages' }).getByText('At eleven. Welcome!').waitFor();
    assert.deepEqual(await said(answers, robot), ['At nine.', 'At eleven. Welcome!']);
  });

  it('takes up what people have answered, in Chinese and on a telephone', async () => {
    const suggestion = { question: '你们几点开门？', answer: '每天早上九点。', state: 'suggested' };
    await owner.http.post('/api/platform/ai/answers', suggestion);
    visitor = await visit(answers.app, { language: 'zh', scheme: 'dark', width: 'phone' });
    const { page } = visitor;
    await visitor.signIn(owner.email, owner.password);
    await visitor.open('/assistants/knowledge?tab=answers');
    const item = page.getByRole('listitem', { name: '你们几点开门？' });
    await visitor.assertAccessible();
    await item.getByRole('button', { name: '批准' }).click();
    await page.getByText('机器人今后会使用这个答案').waitFor();
    await item.waitFor({ state: 'detached' });
    await visitor.open('/assistants/knowledge?tab=search');
    await page.getByLabel('问题').fill('你们几点开门');
    await page.getByRole('button', { name: '搜索', exact: true }).click();
    await page.getByText('有合适的标准答案，无需询问模型').waitFor();
    await page.getByText('每天早上九点。').waitFor();
  });

  it('is tested by questions, compared with the run before', async () => {
    visitor = await visit(answers.app);
    const { page } = visitor;
    await visitor.signIn(owner.email, owner.password);
    await visitor.open('/assistants/knowledge?tab=tests');
    await page.getByRole('button', { name: 'New test set' }).first().click();
    const form = page.getByRole('dialog', { name: 'New test set' });
    await form.getByLabel('Name').fill('Everyday');
    await form.getByRole('button', { name: 'Save' }).click();
    await visitor.sees('Everyday');
    await page.getByRole('button', { name: 'Add a question' }).click();
    const question = page.getByRole('dialog', { name: 'Add a question' });
    await question.getByLabel('Question').fill('When are parcels delivered?');
    await question.getByLabel('Expected words of the passage').fill('three days');
    await question.getByRole('button', { name: 'Save' }).click();
    const run = page.getByRole('region', { name: 'Last run' });
    await run.getByRole('button', { name: 'Run' }).click();
    await run.getByText('No. 1').waitFor();
    await run.getByRole('button', { name: 'Run' }).click();
    await run.getByText('As before').first().waitFor();
    await visitor.assertAccessible();
  });
});
