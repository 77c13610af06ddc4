/** What the process that runs the tests and its workers say to each other. */

/** To a worker: run this test file. */
export interface RunFile {
  file: string;
}

/** From a worker: something has begun that may take so long. Without a word for longer it hangs. */
export interface Begun {
  kind: 'begun';
  title: string;
  /** 0: the test has no limit of its own. */
  timeoutMs: number;
}

/** From a worker: the file has ended; what it printed is in the worker's output. */
export interface Ended {
  kind: 'ended';
  passed: number;
  failed: number;
  /** Titles of the failed tests, each with its reason. */
  failures: string[];
  /** Of the worker, and of processes that its tests have started and that have ended. */
  cpuSeconds: number;
}

export type FromWorker = Begun | Ended;
