/**
 * Carries out the commands of one robot of another network, one after the other, each with one result. What may work later waits
 * where nothing to the same recipient overtakes it. Table: robots_commands.
 */

import { messageOf } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import { plainText, split } from '../commands/channel-text.ts';
import { recipientsOf, SEND_TYPES } from '../commands/command-types.ts';
import { type CommandDispatch, LONGEST_PUT_OFF_MS, type Offer } from '../commands/dispatch.ts';
import type { Results } from '../commands/results.ts';
import { COMMAND_MOVES } from '../commands/states.ts';
import type { ChannelLine, ChannelPart, RobotChannel } from '../contract.ts';
import type { ChannelNames } from '../conversations/identity/names.ts';
import type { RobotRow } from '../robots/tables.ts';

export interface Sender {
  /** Sends what waits; returns at once. */
  pump(): void;
  /** Resolves when nothing is under way any more. */
  stop(): Promise<void>;
}

const { putOff: putOffMove } = COMMAND_MOVES;
const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 5 * 60_000;
/** In the table of result codes: nobody of this name. */
const NO_SUCH_RECIPIENT = 201_102;
const NOT_SUPPORTED = 501_001;

interface Failure {
  code: number;
  reason: string;
}

export function createSender({
  db,
  clock,
  log,
  channelNames,
  commandDispatch,
  robotResults,
  robot,
  account,
  channel,
  line,
  over,
}: Services & {
  channelNames: ChannelNames;
  commandDispatch: CommandDispatch;
  robotResults: Results;
  robot: RobotRow;
  /** Within which ids of the channel mean one person; '' for all of the network. */
  account: string;
  channel: RobotChannel;
  line: ChannelLine;
  /** Id of the line, as commands are offered over it. */
  over: string;
}): Sender {
  /** How much of a command is sent, and how often it was put off: of what this line has begun. */
  const begun = new Map<string, { parts: number; delays: number }>();
  let isStopped = false;
  let isAskedAgain = false;
  let working: Promise<void> | null = null;
  let cancel = (): void => {};

  return {
    pump,
    async stop() {
      isStopped = true;
      cancel();
      await working;
    },
  };

  function pump(): void {
    isAskedAgain = true;
    if (isStopped || working) return;
    working = work()
      .catch((error) => {
        log.warn(
          { reason: messageOf(error), robot: robot.robot_id },
          'Commands could not be carried out; trying again',
        );
        wait(FIRST_DELAY_MS);
      })
      .finally(() => {
        working = null;
        if (isAskedAgain) pump();
      });
  }

  async function work(): Promise<void> {
    while (isAskedAgain && !isStopped) {
      isAskedAgain = false;
      const { offers, nextAt } = await commandDispatch.claim({ robot: robot.id, over, limit: 1 });
      const [offer] = offers;
      if (offer) {
        isAskedAgain = true;
        await carryOut(offer);
      } else if (nextAt !== null) wait(nextAt - clock.now());
    }
  }

  function wait(ms: number): void {
    cancel();
    cancel = clock.after(Math.max(1, ms), pump);
  }

  async function carryOut(offer: Offer): Promise<void> {
    const startedAt = clock.now();
    const names = recipientsOf(offer.params);
    const state = begun.get(offer.commandId) ?? { parts: 0, delays: 0 };
    begun.set(offer.commandId, state);
    const failures = new Map<string, Failure>();
    let place = 0;
    for (const name of names) {
      for (const part of await partsFor(name, offer)) {
        if (failures.has(name) || place++ < state.parts) continue;
        const outcome = 'code' in part ? ({ kind: 'failed', ...part } as const) : await line.send(part);
        if (outcome.kind === 'later') return putOff(offer, state, outcome.afterMs);
        state.parts = place;
        if (outcome.kind === 'failed') failures.set(name, outcome);
      }
    }
    begun.delete(offer.commandId);
    const [failure] = failures.values();
    await robotResults.record(robot, offer.commandId, {
      errorCode: failure?.code ?? 0,
      errorReason: failure?.reason ?? '',
      executionTimeMs: clock.now() - startedAt,
      successList: names.filter((name) => !failures.has(name)),
      failList: [...failures.keys()],
    });
  }

  /** What goes to one name, in order; a failure when nothing can. */
  async function partsFor(name: string, { code, params }: Offer): Promise<(ChannelPart | Failure)[]> {
    const { tenant_id, channel: network } = robot;
    const address = await channelNames.addressOf({ tenant_id, channel: network, account }, name);
    if (address === null) return [{ code: NO_SUCH_RECIPIENT, reason: 'Nobody of this name has written to this robot' }];
    const content = typeof params.content === 'string' ? params.content : '';
    if (code === SEND_TYPES.text) return textsOf(content, params.atList).map((text) => ({ address, text, file: null }));
    const url = params.fileUrl;
    if (code !== SEND_TYPES.file || typeof url !== 'string')
      return [{ code: NOT_SUPPORTED, reason: `${channel.name} has no such command` }];
    const kind = params.type === 'image' ? 'image' : 'file';
    const objectName = typeof params.objectName === 'string' ? params.objectName : '';
    const [caption = '', ...behind] = captioned(content);
    return [
      { address, text: caption, file: { kind, url, name: objectName } },
      ...behind.map((text) => ({ address, text, file: null })),
    ];
  }

  /** What goes along with a file, and what comes behind it. */
  function captioned(content: string): string[] {
    const text = content.trim();
    const [caption = ''] = split(text, { limit: channel.captionLimit ?? channel.textLimit, unit: 'characters' });
    return [caption, ...split(text.slice(caption.length), { limit: channel.textLimit, unit: 'characters' })];
  }

  function textsOf(content: string, atList: unknown): string[] {
    const mentioned = (Array.isArray(atList) ? atList : []).map((name) => `@${name} `).join('');
    const text = mentioned + (channel.showsMarkdown ? content : plainText(content));
    return split(text, { limit: channel.textLimit, unit: 'characters' });
  }

  /** The command waits, and what goes to the same recipients behind it. */
  async function putOff(offer: Offer, state: { delays: number }, afterMs: number | null): Promise<void> {
    const delay = Math.min(
      afterMs ?? Math.min(FIRST_DELAY_MS * 2 ** state.delays++, LONGEST_DELAY_MS),
      LONGEST_PUT_OFF_MS,
    );
    await db
      .write('robots_commands')
      .where({ id: offer.id, offered_over: over })
      .whereIn('status', [...putOffMove.from])
      .update({ status: putOffMove.to[0], due_at: clock.now() + delay, offered_over: null, offered_at: null });
  }
}
