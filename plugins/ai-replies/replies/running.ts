/** Answers that this process makes at this moment: given up when a newer message makes them worthless, in whichever process. */
import type { Services, Transaction } from '#core/plugin.ts';

export interface RunningAnswers {
  /** The signal is aborted when the turn has got another version. To be ended by `end`. */
  begin(turn: RunningTurn, signal: AbortSignal): { signal: AbortSignal; isOutdated(): boolean; end(): void };
  /** To be called when turns have got other versions: told everywhere once the transaction has committed. */
  changed(trx: Transaction, turns: readonly RunningTurn[]): Promise<void>;
}

export interface RunningTurn {
  conversation: string;
  version: number;
}

const TURNS_CHANGED = 'ai-replies.turns';

export function createRunningAnswers({ notices }: Services): RunningAnswers {
  const running = new Map<string, { version: number; controller: AbortController }>();
  notices.on(TURNS_CHANGED, (turns) => {
    for (const [conversation, version] of pairsOf(turns)) {
      const one = running.get(conversation);
      if (one && one.version < version) one.controller.abort(new Error('Something newer was said'));
    }
  });

  return {
    begin({ conversation, version }, signal) {
      const controller = new AbortController();
      const own = { version, controller };
      running.set(conversation, own);
      return {
        signal: AbortSignal.any([controller.signal, signal]),
        isOutdated: () => controller.signal.aborted,
        end() {
          if (running.get(conversation) === own) running.delete(conversation);
        },
      };
    },
    changed: (trx, turns) =>
      notices.send(
        trx,
        TURNS_CHANGED,
        turns.map(({ conversation, version }) => [conversation, version]),
      ),
  };
}

function* pairsOf(turns: unknown): Generator<[string, number]> {
  for (const pair of Array.isArray(turns) ? turns : [])
    if (Array.isArray(pair)) yield [String(pair[0]), Number(pair[1])];
}
