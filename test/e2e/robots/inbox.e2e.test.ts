/** The inbox: a message stands there as it comes, somebody takes over, the answer reaches the robot, and it is closed. */
import assert from 'node:assert/strict';
import type { TestPlatform } from '#test/support/harness.ts';
import { connected, isCommand, robotOf, type TestRobot, upload } from '../../plugins/robots/support.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const PAGE = Buffer.from('<!doctype html><script>document.title = "owned"</script>').toString('base64');

const PHONE = { width: 390, height: 844 };

describe('the inbox of robots', function () {
  this.timeout(90_000);
  let app: TestPlatform;
  let robot: TestRobot;
  let visitor: Visitor;
  before(async () => {
    app = await startPages({ robots: { requestsPerMinute: 0 } });
    robot = await robotOf(app);
  });
  after(() => app.stop());
  afterEach(() => visitor.leave());

  it('shows a message as it comes, and brings the answer to the robot', async () => {
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.signIn(robot.owner.email, robot.owner.password);
    await visitor.open('/inbox');
    await page.getByText('Nobody is waiting').waitFor();
    await visitor.assertAccessible();
    const line = await connected(app, robot);
    await upload(robot, { spoken: 'Where is my parcel?' });
    await page.getByRole('link', { name: /张三.*Where is my parcel/ }).waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    const open = page.getByRole('region', { name: 'Conversation', exact: true });
    await open.getByRole('heading', { name: '张三' }).waitFor();
    await open.getByText('Automatic answers are allowed').waitFor();
    await open.getByRole('button', { name: 'Take over' }).click();
    await open.getByText('Automatic answers are off.').waitFor();
    await open.getByText(/^Assigned to /).waitFor();
    await visitor.assertAccessible();

    await page.getByRole('heading', { level: 1 }).focus();
    await page.keyboard.press('r');
    await page.keyboard.type('It comes tomorrow.');
    await page.keyboard.press('Control+Enter');
    const { data } = await line.next(isCommand);
    assert.deepEqual(data.commandParams.titleList, ['张三']);
    assert.equal(data.commandParams.content, 'It comes tomorrow.');
    const messages = open.getByRole('region', { name: 'Messages' });
    await messages.getByText('On its way').waitFor();
    const result = { robotId: robot.robotId, commandId: data.commandId, errorCode: 0 };
    await robot.http.post('/api/robot/command-result', result);
    await messages.getByText('Sent', { exact: true }).waitFor();

    await open.getByText('Note', { exact: true }).click();
    await open.getByRole('textbox', { name: 'Note' }).fill('Ask the depot.');
    await open.getByRole('button', { name: 'Add note' }).click();
    await messages.getByText('Ask the depot.').waitFor();
    await open.getByRole('button', { name: 'Assign' }).click();
    await page.getByRole('menuitem', { name: 'To nobody' }).click();
    await open.getByText('Unassigned').waitFor();
    await open.getByRole('button', { name: 'Assign' }).click();
    await page.getByRole('menuitem', { name: 'To me' }).click();
    await open.getByText(/^Assigned to /).waitFor();
    await visitor.assertAccessible();
    await open.getByRole('button', { name: 'Close conversation' }).click();
    await page.getByText('The conversation is closed').waitFor();
    await page.getByText('Nobody is waiting').waitFor();
    await open.getByRole('button', { name: 'Open again' }).waitFor();
    assert.equal(await open.getByText(/^Automatic answers/).count(), 0);
    line.socket.close();
  });

  it('is worked through by keyboard alone', async () => {
    for (const receivedName of ['Ada', 'Grace']) await upload(robot, { receivedName, spoken: 'Hello?' });
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.signIn(robot.owner.email, robot.owner.password);
    await visitor.open('/inbox');
    const row = (name: RegExp) => page.getByRole('link', { name });
    const rowInFocus = (name: RegExp) => row(name).and(page.locator(':focus')).waitFor();
    await row(/Grace.*Hello/).waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Grace' }).waitFor();
    await page.keyboard.press('r');
    await page.keyboard.press('Escape');
    await rowInFocus(/Grace/);
    await page.keyboard.press('e');
    await page.getByRole('heading', { name: 'Ada' }).waitFor();
    await rowInFocus(/Ada/);
  });

  it('shows pictures, and nothing else that was sent, on a telephone', async () => {
    await upload(robot, { receivedName: '李四', spoken: '', textType: 2, fileBase64: PIXEL });
    await upload(robot, { receivedName: '李四', spoken: '<b>page.html</b>', textType: 9, fileBase64: PAGE });
    visitor = await visit(app, { language: 'zh', width: 'phone', scheme: 'dark' });
    const { page } = visitor;
    await visitor.signIn(robot.owner.email, robot.owner.password);
    await visitor.open('/inbox');
    await page.getByRole('link', { name: /李四/ }).click();
    const picture = page.getByRole('img', { name: '图片' });
    await picture.waitFor();
    await page.waitForFunction(`[...document.images].some(({ naturalWidth }) => naturalWidth === 1)`);
    await page.setViewportSize(PHONE);
    const said = await page.getByRole('region', { name: '消息' }).boundingBox();
    assert.ok((said?.height ?? 0) >= PHONE.height / 2, `messages have ${said?.height} px`);
    const box = await page.getByRole('textbox', { name: '回复' }).boundingBox();
    const send = await page.getByRole('button', { name: '发送' }).boundingBox();
    assert.ok(box && send && send.x >= box.x + box.width && send.y < box.y + box.height, 'sending is beside the field');
    const labels = page.getByPlaceholder('添加标签');
    assert.ok(await labels.isHidden());
    await page.getByRole('button', { name: '更多操作' }).tap();
    await page.getByRole('menuitem', { name: '显示状态、负责人和标签' }).tap();
    await labels.waitFor();
    const file = page.getByRole('link', { name: '<b>page.html</b>' });
    const answer = await visitor.context.request.get((await file.getAttribute('href')) ?? '');
    assert.match(answer.headers()['content-disposition'] ?? '', /^attachment/);
    assert.equal(answer.headers()['content-type'], 'application/octet-stream');
    await visitor.assertAccessible();
    await page.getByRole('button', { name: '返回列表' }).click();
    await page.getByRole('link', { name: /李四/ }).waitFor();
    await visitor.assertAccessible();
  });
});
