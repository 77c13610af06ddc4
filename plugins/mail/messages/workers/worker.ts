/**
 * A thread that works on the bytes of strangers. One request runs at a time, the next one begins when it is done or
 * waits for the name service; which one runs stands in shared memory, so that the main thread knows whom to blame.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { BytesOrPlace } from '#core/kit.ts';
import { createPlaceReader } from '#core/thread-kit.ts';
import { loadMailauth } from '../authentication/mailauth.ts';
import { MemoryBlob } from '../parser/memory-blob.ts';
import type { Resolve } from './resolve.ts';
import { type Answer, type FromThread, MARK, type Task, type TaskName, type ToThread } from './tasks.ts';

interface Request {
  id: number;
  work: Task;
  /** Questions that have no answer yet. */
  waitsFor: number;
}

/** Its bytes are not where they were said to lie. */
class Unreadable extends Error {}

globalThis.Blob = MemoryBlob as unknown as typeof Blob;

const LIBRARIES: Record<TaskName, () => Promise<unknown>> = {
  parse: () => import('../parser/stored-message.ts'),
  texts: () => import('../parser/stored-message.ts'),
  attachment: () => import('../parser/parse.ts'),
  sanitize: () => import('../parser/sanitize.ts'),
  authenticate: () => Promise.all([import('../authentication/authenticate.ts'), loadMailauth()]),
  sign: () => Promise.all([import('../authentication/sign.ts'), loadMailauth()]),
  seal: () => Promise.all([import('../authentication/sign.ts'), loadMailauth()]),
};

const marks: Int32Array = workerData.marks;
const readPlace = createPlaceReader();
const unsaid: FromThread[] = [];
const waiting: Request[] = [];
/** Requests whose questions are answered, and what lets them go on. */
const resumable: { request: Request; go: () => void }[] = [];
const questions = new Map<number, (answer: Extract<ToThread, { question: number }>) => void>();
let running: Request | null = null;
let lastQuestion = 0;

parentPort?.on('message', (messages: readonly ToThread[]) => {
  for (const message of messages) receive(message);
});

function receive(message: ToThread): void {
  if ('question' in message) {
    questions.get(message.question)?.(message);
    questions.delete(message.question);
    next();
  } else void accept(message);
}

/** What it needs is loaded first: that takes its time once, and is not the fault of a message. */
async function accept({ id, ...work }: Extract<ToThread, { id: number }>): Promise<void> {
  try {
    await LIBRARIES[work.task]();
  } catch (error) {
    say({ id, failure: error instanceof Error ? error.message : String(error) });
    return;
  }
  waiting.push({ id, work: work as Task, waitsFor: 0 });
  next();
}

function next(): void {
  if (running) return;
  const resumed = resumable.shift();
  if (resumed) {
    enter(resumed.request);
    resumed.go();
    return;
  }
  const request = waiting.shift();
  if (!request) return;
  enter(request);
  void perform(request);
}

function enter(request: Request): void {
  running = request;
  Atomics.store(marks, MARK.running, request.id);
  Atomics.add(marks, MARK.turns, 1);
  setImmediate(leaveIfWaiting, request);
}

function leave(request: Request): void {
  if (running !== request) return;
  running = null;
  Atomics.store(marks, MARK.running, 0);
  next();
}

/** Asked when everything that could go on has gone on. */
function leaveIfWaiting(request: Request): void {
  if (request.waitsFor > 0) leave(request);
}

async function perform(request: Request): Promise<void> {
  try {
    say({ id: request.id, answer: await answerTo(request.work, resolverOf(request)) });
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error);
    say({ id: request.id, failure, isUnreadable: error instanceof Unreadable });
  }
  leave(request);
}

function bytesOf(raw: BytesOrPlace): Uint8Array {
  if (raw instanceof Uint8Array) return raw;
  try {
    return readPlace(raw);
  } catch (error) {
    throw new Unreadable(error instanceof Error ? error.message : String(error));
  }
}

function resolverOf(request: Request): Resolve {
  return (name, type) =>
    new Promise((resolve, reject) => {
      const question = ++lastQuestion;
      request.waitsFor++;
      questions.set(question, (answered) => {
        const go = (): void => {
          request.waitsFor--;
          if ('records' in answered) resolve(answered.records);
          else reject(Object.assign(new Error(answered.error.message), { code: answered.error.code }));
        };
        if (running === request) go();
        else resumable.push({ request, go });
      });
      say({ id: request.id, question, name, type });
      setImmediate(leaveIfWaiting, request);
    });
}

async function answerTo({ task, given }: Task, resolve: Resolve): Promise<Answer> {
  switch (task) {
    case 'parse':
      return (await import('../parser/stored-message.ts')).storedMessage(bytesOf(given.raw));
    case 'texts':
      return (await import('../parser/stored-message.ts')).textsOf(bytesOf(given.raw));
    case 'attachment':
      return (await import('../parser/parse.ts')).attachmentOf(given.raw, given.index);
    case 'sanitize':
      return (await import('../parser/sanitize.ts')).sanitize(given);
    case 'authenticate':
      return (await import('../authentication/authenticate.ts')).authenticateMessage(
        { ...given, raw: bytesOf(given.raw) },
        resolve,
      );
    case 'sign':
      return (await import('../authentication/sign.ts')).signMessage(given);
    case 'seal':
      return (await import('../authentication/sign.ts')).sealMessage(given, resolve);
  }
}

function say(message: FromThread): void {
  if (unsaid.push(message) === 1) setImmediate(sayAll);
}

function sayAll(): void {
  parentPort?.postMessage(unsaid.splice(0));
}
