/** Brings a backup to the server, has it restored, and tells how far it is, also while the server starts again. */
import { ApiError, api, send } from 'patchbay-platform/ui';
import { useState } from 'react';
import type { OpenedRestore, RestoreView, StoreChoice } from './restore-views.ts';

const PATH = '/api/platform/setup/restore';
const PIECE_BYTES = 8 * 1024 * 1024;
/** A line that fails for a moment does not end an upload of an hour. */
const TRIES = 5;
const PAUSE_MS = 1_000;
const LOOK_MS = 700;
/** As long as a start may take with a database that has to be migrated. */
const MOST_SILENT_LOOKS = 900;

function openRestore(token: string): Promise<OpenedRestore> {
  return answerOf(api.POST(PATH, { body: { token } }));
}

export function useRestore(first: OpenedRestore, token: string) {
  const [opened, setOpened] = useState(first);
  const [view, setView] = useState<RestoreView | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);

  return { opened, view, error, isBusy, begin };

  async function begin(source: File | StoreChoice | null, identity: string): Promise<void> {
    if (!source) return;
    setBusy(true);
    setError(null);
    setView(null);
    try {
      const id = await goodId();
      if (source instanceof File) await upload(id, source, setView);
      const body = source instanceof File ? { identity } : { from: source, identity };
      setView(await answerOf(api.POST(`${PATH}/{id}/begin`, { params: { path: { id } }, body })));
      setView(await untilEnded(id, setView));
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  }

  /** After a restore that has failed at its end the server has begun anew, and knows none. */
  async function goodId(): Promise<string> {
    try {
      await answerOf(api.GET(`${PATH}/{id}`, { params: { path: { id: opened.id } } }));
      if (view?.phase !== 'failed') return opened.id;
    } catch (failure) {
      if (!(failure instanceof ApiError)) throw failure;
    }
    const next = await openRestore(token);
    setOpened(next);
    return next.id;
  }
}

async function upload(id: string, file: File, tell: (view: RestoreView) => void): Promise<void> {
  for (let at = 0; at < file.size; at += PIECE_BYTES) {
    const piece = file.slice(at, at + PIECE_BYTES);
    tell(await sendPiece(id, piece, at, file.size));
  }
}

async function sendPiece(id: string, piece: Blob, at: number, total: number): Promise<RestoreView> {
  for (let attempt = 1; ; attempt++) {
    try {
      const headers = { 'content-type': 'application/octet-stream' };
      const answer = await send(`${PATH}/${id}/pieces?at=${at}&total=${total}`, {
        method: 'POST',
        headers,
        body: piece,
      });
      return await answer.json();
    } catch (failure) {
      const isAnswer = failure instanceof ApiError;
      // It had arrived, and only the answer had not.
      if (isAnswer && failure.code === 'restore_out_of_step' && failure.detail.at === at + piece.size)
        return { id, phase: 'receiving', done_bytes: at + piece.size, total_bytes: total, problem: null };
      // The server has not noticed yet that the line before was cut.
      const isSoon = isAnswer && failure.code === 'conflict';
      if ((isAnswer && !isSoon) || attempt >= TRIES) throw failure;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * attempt));
    }
  }
}

/** Asks again and again: for a while nobody answers, and then somebody who has begun anew. */
async function untilEnded(id: string, tell: (view: RestoreView) => void): Promise<RestoreView> {
  for (let silent = 0; ; ) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    try {
      const view = await answerOf(api.GET(`${PATH}/{id}`, { params: { path: { id } } }));
      if (view.phase === 'done' || view.phase === 'failed') return view;
      tell(view);
      silent = 0;
    } catch (failure) {
      const isAnswer = failure instanceof ApiError && failure.status === 404;
      if (isAnswer || ++silent >= MOST_SILENT_LOOKS) throw failure;
    }
  }
}

/** Refusals are thrown by the client. */
export async function answerOf<T>(call: Promise<{ data?: T }>): Promise<T> {
  const { data } = await call;
  if (data === undefined) throw new Error('The server has answered nothing');
  return data;
}
