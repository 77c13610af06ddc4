/** The report of a failed delivery as machines read it: RFC 3464, RFC 6522, RFC 6533. */
import assert from 'node:assert/strict';
import { parseMessage } from '#plugins/mail/messages/parser/parse.ts';
import { type FailedDelivery, failureReport } from '#plugins/mail/sending/failure-report.ts';

const FAILED: FailedDelivery = {
  reporter: 'mx.example.com',
  to: 'me@example.com',
  recipient: 'you@else.example',
  subject: 'Hi',
  id: 'a1b2',
  answer: "Can't send mail - all recipients were rejected: 550 5.1.1 nobody",
  isRefused: true,
  isForward: false,
  header: Buffer.from('Message-ID: <m@example.com>\r\nSubject: Hi\r\n'),
  arrivedAt: Date.UTC(2026, 0, 1),
  now: Date.UTC(2026, 0, 2),
};
const made = (more: Partial<FailedDelivery> = {}) => failureReport({ ...FAILED, ...more });
/** Header and body of each part. */
const partsOf = (report: Buffer) =>
  report
    .toString('utf8')
    .split(/--report-a1b2(?:--)?\r\n/)
    .slice(1, -1)
    .map((part) => part.split(/\r\n\r\n/));
const fieldsOf = (report: Buffer) =>
  Object.fromEntries(
    (partsOf(report)[1]?.slice(1).join('\r\n') ?? '')
      .split('\r\n')
      .filter(Boolean)
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
  );

describe('a report of a failed delivery', () => {
  it('is a multipart/report of three parts, from nobody, and no answer is wanted', () => {
    const report = made().toString();
    assert.match(
      report,
      /^Return-Path: <>\r\nFrom: Mail delivery <postmaster@example\.com>\r\nTo: <me@example\.com>\r\n/,
    );
    assert.match(
      report,
      /^Content-Type: multipart\/report; report-type=delivery-status;\r\n boundary="report-a1b2"\r$/m,
    );
    assert.match(report, /^Auto-Submitted: auto-replied\r$/m);
    assert.deepEqual(
      partsOf(made()).map(([header]) => /^Content-Type: ([\w/-]+)/.exec(header ?? '')?.[1]),
      ['text/plain', 'message/delivery-status', 'text/rfc822-headers'],
    );
    assert.match(partsOf(made())[2]?.[1] ?? '', /^Message-ID: <m@example\.com>\r\nSubject: Hi/);
  });

  it('has the fields of the message and of the recipient, an empty line between them', () => {
    const [header, ofMessage, ofRecipient] = partsOf(made())[1] ?? [];
    assert.match(header ?? '', /^Content-Transfer-Encoding: 7bit$/m);
    const names = (fields = '') => fields.split('\r\n').map((line) => line.slice(0, line.indexOf(':')));
    assert.deepEqual(names(ofMessage), ['Reporting-MTA', 'Arrival-Date']);
    assert.deepEqual(names(ofRecipient?.trim()), [
      'Final-Recipient',
      'Action',
      'Status',
      'Diagnostic-Code',
      'Last-Attempt-Date',
    ]);
    const { 'Reporting-MTA': reporter, 'Final-Recipient': recipient, Action: action } = fieldsOf(made());
    assert.deepEqual([reporter, recipient, action], ['dns; mx.example.com', 'rfc822; you@else.example', 'failed']);
  });

  it('says in its code whose words the diagnosis is', () => {
    const diagnosis = (answer: string, isRefused: boolean) => {
      const { Status, 'Diagnostic-Code': code } = fieldsOf(made({ answer, isRefused }));
      return [Status, code];
    };
    assert.deepEqual(diagnosis('Message failed: 554-5.7.1 no\n554 5.7.1 spam', true), [
      '5.7.1',
      'smtp; 554-5.7.1 no 554 5.7.1 spam',
    ]);
    assert.deepEqual(diagnosis('550 gibt es nicht: müller', true), ['5.0.0', 'smtp; 550 gibt es nicht: m?ller']);
    assert.deepEqual(diagnosis('The domain does not exist', true), ['5.0.0', 'x-patchbay; The domain does not exist']);
    assert.deepEqual(diagnosis('Gave up: 451 later', false), ['4.4.7', 'x-patchbay; Gave up: 451 later']);
    assert.deepEqual(diagnosis('This message goes in circles', false)[0], '5.4.6');
  });

  it('names international recipients in ASCII, and is understood by who reads it here', async () => {
    const report = made({ recipient: 'jörg+x@bücher.example' });
    assert.equal(fieldsOf(report)['Final-Recipient'], 'utf-8; j\\x{F6}rg\\x{2B}x@b\\x{FC}cher.example');
    const [bounce] = (await parseMessage(report)).bounces;
    assert.deepEqual(
      [bounce?.action, bounce?.status, bounce?.recipients],
      ['failed', '5.1.1', ['jörg+x@bücher.example']],
    );
  });

  it('cannot be made to say other things by what the other side said', async () => {
    const answer = '550 no\r\nAction: delivered\r\n\r\n--report-a1b2--\r\n';
    const report = made({ answer, subject: 'x\r\nBcc: y@z.example', header: null });
    const { bounces, subject } = await parseMessage(report);
    assert.deepEqual([bounces.length, bounces[0]?.action, subject], [1, 'failed', 'Not delivered: x Bcc: y@z.example']);
  });
});
