/** `run`: another workflow, a script, and, where the configuration allows it, a shell command or a container. */
import { randomUUID } from 'node:crypto';
import { messageOf } from '#core/kit.ts';
import type { Task } from '../../language/definition.ts';
import { evaluateDeep } from '../../language/expressions.ts';
import { Fault, fault } from '../../language/faults.ts';
import { idempotencyKey } from '../calls/idempotency.ts';
import { isSignal, Stopped } from '../control-flow.ts';
import type { TaskCall, TaskKind } from '../model.ts';
import { startKeyOf } from '../start-key.ts';
import { type Result, runProcess } from './process.ts';
import { newWait, refuseLate, taskKeyOf } from './waiting.ts';

type RunRule = NonNullable<Task['run']>;

export const runTask: TaskKind = async (call) => {
  const { task, input } = call;
  const rule = task.run ?? {};
  if (rule.workflow) {
    const output = await runWorkflow(call, rule.workflow, rule.await ?? true);
    return { output: rule.return === 'none' ? null : output };
  }
  if (rule.await === false && rule.script)
    await call.run.world.services.scriptSandbox.room(call.run.execution.tenant_id, call.frame.signal);
  const work = rule.script ? runScript(call, rule.script, rule) : runCommand(call, rule);
  if (rule.await === false) {
    work.catch((error) => {
      const { run } = call;
      const reason = JSON.parse(run.masked(JSON.stringify(messageOf(error))));
      run.world.log.warn({ execution: run.execution.id, reason }, 'A script that nobody waits for failed');
    });
    return { output: input };
  }
  return { output: await work };
};

async function runWorkflow(
  call: TaskCall,
  rule: NonNullable<RunRule['workflow']>,
  isAwaited: boolean,
): Promise<unknown> {
  const { run, input, scope, reference, frame, record } = call;
  // What it waits for already may be gone by now: it is not begun a second time.
  const waited = run.waitOf(taskKeyOf(call));
  const start = async () => ({
    namespace: rule.namespace,
    name: rule.name,
    version: rule.version,
    input: rule.input === undefined ? input : await evaluateDeep(rule.input, input, scope),
    startKey: startKeyOf('child', idempotencyKey(call)),
    isAwaited,
  });
  const id: string = waited ? JSON.parse(waited.detail).child : (await run.world.startChild(run, await start())).id;
  if (!isAwaited) return input;
  record.status = 'waiting';
  for (;;) {
    // From here on to `park` nothing says yet that it is waited for.
    if (isOver(frame.signal)) await run.world.abandonChild(id);
    const child = await run.world.childOutcome(id);
    for (const text of child?.hidden ?? []) run.hidden.add(text);
    if (child?.status === 'completed') {
      run.endWait(taskKeyOf(call));
      return JSON.parse(child.output ?? 'null');
    }
    if (child?.status === 'faulted') throw new Fault({ ...JSON.parse(child.error ?? '{}'), instance: reference });
    if (!child || child.status === 'cancelled')
      throw fault('runtime', 'The workflow that was started is gone or was cancelled');
    refuseLate(call, 'The workflow took too long');
    const wait = newWait(call, { kind: 'execution', detail: JSON.stringify({ child: id }) });
    await run.park(wait, frame.signal, async () => isEnded((await run.world.childOutcome(id))?.status));
  }
}

/** Whether the task is ended for good, and does not only rest for a while. */
function isOver({ aborted, reason }: AbortSignal): boolean {
  return aborted && (reason instanceof Stopped ? reason.reason === 'cancelled' : !isSignal(reason));
}

function isEnded(status: string | undefined): boolean {
  return status === undefined || status === 'completed' || status === 'faulted' || status === 'cancelled';
}

async function runScript(call: TaskCall, script: NonNullable<RunRule['script']>, rule: RunRule): Promise<unknown> {
  const { run, input, scope, frame } = call;
  const args = (await evaluateDeep(script.arguments ?? {}, input, scope)) as Record<string, unknown>;
  const environment = script.environment
    ? ((await evaluateDeep(script.environment, input, scope)) as Record<string, unknown>)
    : null;
  const { value, stdout, stderr, error } = await run.world.services.scriptSandbox.run(
    { code: script.code ?? '', arguments: args, environment, input, tenantId: run.execution.tenant_id },
    frame.signal,
  );
  if (error !== null && rule.return !== 'all' && rule.return !== 'code' && rule.return !== 'stderr') {
    throw fault('runtime', error);
  }
  if (value !== undefined && rule.return === undefined) return value;
  return picked({ code: error === null ? 0 : 1, stdout, stderr: error === null ? stderr : `${stderr}${error}` }, rule);
}

async function runCommand(call: TaskCall, rule: RunRule): Promise<unknown> {
  const { run, input, scope, frame } = call;
  if (!run.world.config.shell) {
    throw fault('authorization', 'Shell commands and containers are off (plugins.workflows.shell)');
  }
  const commands = await (rule.shell ? shellCommand(rule.shell, call) : containerCommand(rule.container, call));
  const given = (await evaluateDeep(rule.shell?.environment ?? {}, input, scope)) as Record<string, string>;
  const result = await runProcess({
    ...commands,
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...given },
    mostBytes: run.world.config.maxDataBytes,
    signal: frame.signal,
  });
  const isAsked = rule.return === 'all' || rule.return === 'code' || rule.return === 'stderr';
  if (result.code !== 0 && !isAsked) {
    throw fault('runtime', `The command ended with ${result.code}: ${result.stderr.slice(0, 500)}`);
  }
  return picked(result, rule);
}

interface Commands {
  command: string[];
  ending?: string[];
}

async function shellCommand(shell: NonNullable<RunRule['shell']>, { input, scope }: TaskCall): Promise<Commands> {
  const given = (await evaluateDeep(shell.arguments ?? [], input, scope)) as unknown[] | Record<string, unknown>;
  const words = Array.isArray(given)
    ? given
    : Object.entries(given).flatMap(([name, value]) => (value === null || value === '' ? [name] : [name, value]));
  // Arguments reach the shell as arguments: nothing in them is run.
  const script = `${String(await evaluateDeep(shell.command, input, scope))} "$@"`;
  return { command: ['sh', '-c', script, 'sh', ...words.map(String)] };
}

/** The container is the daemon's: it goes on when the client is ended, so it has a name to end it by. */
async function containerCommand(container: RunRule['container'], { input, scope }: TaskCall): Promise<Commands> {
  if (!container) throw fault('configuration', 'run needs a workflow, a script, a shell command or a container');
  const pairs = async (flag: string, given: Record<string, unknown> = {}, separator = ':'): Promise<string[]> =>
    Object.entries((await evaluateDeep(given, input, scope)) as Record<string, unknown>).flatMap(([left, right]) => [
      flag,
      `${left}${separator}${right}`,
    ]);
  const { ports, volumes, environment, lifetime } = container;
  const given = container.name ? await evaluateDeep(container.name, input, scope) : `patchbay-${randomUUID()}`;
  const name = String(given);
  const flags = [
    ...(lifetime?.cleanup === 'never' ? [] : ['--rm']),
    '--name',
    name,
    ...(await pairs('--publish', ports)),
    ...(await pairs('--volume', volumes)),
    ...(await pairs('--env', environment, '=')),
  ];
  const command = container.command ? ['sh', '-c', String(await evaluateDeep(container.command, input, scope))] : [];
  return { command: ['docker', 'run', ...flags, container.image, ...command], ending: ['docker', 'kill', name] };
}

function picked({ code, stdout, stderr }: Result, { return: what = 'stdout' }: RunRule): unknown {
  if (what === 'all') return { code, stdout, stderr };
  if (what === 'none') return null;
  return { code, stdout: stdout.trimEnd(), stderr: stderr.trimEnd() }[what];
}
