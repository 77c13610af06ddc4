/** `run`: another workflow, a script, and, where the configuration allows it, a shell command or a container. */
import { execFile } from 'node:child_process';
import { idempotencyKey } from '../calls/idempotency.ts';
import type { TaskCall, TaskKind } from '../engine/model.ts';
import { startKeyOf } from '../engine/start-key.ts';
import type { Task } from '../language/definition.ts';
import { evaluateDeep } from '../language/expressions.ts';
import { Fault, fault } from '../language/faults.ts';
import { newWait, refuseLate, taskKeyOf } from './waiting.ts';

type RunRule = NonNullable<Task['run']>;

/** What a process or a script gave. */
interface Result {
  code: number;
  stdout: string;
  stderr: string;
}

export const runTask: TaskKind = async (call) => {
  const { task, input } = call;
  const rule = task.run ?? {};
  if (rule.workflow) {
    const output = await runWorkflow(call, rule.workflow, rule.await ?? true);
    return { output: rule.return === 'none' ? null : output };
  }
  const work = rule.script ? runScript(call, rule.script, rule) : runProcess(call, rule);
  if (rule.await === false) {
    work.catch((error) => call.run.world.log.warn({ err: error }, 'A script that nobody waits for failed'));
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
  const { id } = await run.world.startChild(run, {
    namespace: rule.namespace,
    name: rule.name,
    version: rule.version,
    input: rule.input === undefined ? input : await evaluateDeep(rule.input, input, scope),
    startKey: startKeyOf('child', idempotencyKey(call)),
  });
  if (!isAwaited) return input;
  record.status = 'waiting';
  for (;;) {
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

async function runProcess(call: TaskCall, rule: RunRule): Promise<unknown> {
  const { run, input, scope, frame } = call;
  if (!run.world.config.shell) {
    throw fault('authorization', 'Shell commands and containers are off (plugins.workflows.shell)');
  }
  const command = await (rule.shell ? shellCommand(rule.shell, call) : containerCommand(rule.container, call));
  const given = (await evaluateDeep(rule.shell?.environment ?? {}, input, scope)) as Record<string, string>;
  const result = await new Promise<Result>((resolve, reject) => {
    const env = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...given };
    const options = { env, maxBuffer: run.world.config.maxDataBytes, signal: frame.signal };
    execFile(command[0] ?? '', command.slice(1), options, (error, stdout, stderr) => {
      if (error && typeof error.code !== 'number') reject(fault('runtime', error.message));
      else resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
  });
  const isAsked = rule.return === 'all' || rule.return === 'code' || rule.return === 'stderr';
  if (result.code !== 0 && !isAsked) {
    throw fault('runtime', `The command ended with ${result.code}: ${result.stderr.slice(0, 500)}`);
  }
  return picked(result, rule);
}

async function shellCommand(shell: NonNullable<RunRule['shell']>, { input, scope }: TaskCall): Promise<string[]> {
  const given = (await evaluateDeep(shell.arguments ?? [], input, scope)) as unknown[] | Record<string, unknown>;
  const words = Array.isArray(given)
    ? given
    : Object.entries(given).flatMap(([name, value]) => (value === null || value === '' ? [name] : [name, value]));
  // Arguments reach the shell as arguments: nothing in them is run.
  return ['sh', '-c', `${String(await evaluateDeep(shell.command, input, scope))} "$@"`, 'sh', ...words.map(String)];
}

async function containerCommand(container: RunRule['container'], { input, scope }: TaskCall): Promise<string[]> {
  if (!container) throw fault('configuration', 'run needs a workflow, a script, a shell command or a container');
  const pairs = async (flag: string, given: Record<string, unknown> = {}, separator = ':'): Promise<string[]> =>
    Object.entries((await evaluateDeep(given, input, scope)) as Record<string, unknown>).flatMap(([left, right]) => [
      flag,
      `${left}${separator}${right}`,
    ]);
  const { name, ports, volumes, environment, lifetime } = container;
  const flags = [
    ...(lifetime?.cleanup === 'never' ? [] : ['--rm']),
    ...(name ? ['--name', String(await evaluateDeep(name, input, scope))] : []),
    ...(await pairs('--publish', ports)),
    ...(await pairs('--volume', volumes)),
    ...(await pairs('--env', environment, '=')),
  ];
  const command = container.command ? ['sh', '-c', String(await evaluateDeep(container.command, input, scope))] : [];
  return ['docker', 'run', ...flags, container.image, ...command];
}

function picked({ code, stdout, stderr }: Result, { return: what = 'stdout' }: RunRule): unknown {
  if (what === 'all') return { code, stdout, stderr };
  if (what === 'none') return null;
  return { code, stdout: stdout.trimEnd(), stderr: stderr.trimEnd() }[what];
}
