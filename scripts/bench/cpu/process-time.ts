/** CPU time of processes by /proc (Linux): what work costs, also on a machine that has other work. */
import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts in hundredths of a second. */
const MS_PER_TICK = 10;

/** Of a process until now; 0 for one that has ended. */
export function cpuMsOf(pid: number): number {
  const [user = 0, system = 0] = fieldsOf(String(pid)).slice(11, 13).map(Number);
  return (user + system) * MS_PER_TICK;
}

/** Of the first thread of a process, which in Node's is the one that runs the program. */
export function mainThreadMsOf(pid: number): number {
  const [user = 0, system = 0] = fieldsOf(`${pid}/task/${pid}`).slice(11, 13).map(Number);
  return (user + system) * MS_PER_TICK;
}

export function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => parentOf(pid) === parent);
}

export function parentOf(pid: number): number {
  return Number(fieldsOf(String(pid))[1]);
}

/** The state and what comes after it: the name of the program before them may hold anything. */
function fieldsOf(task: string): string[] {
  try {
    const stat = readFileSync(`/proc/${task}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}
