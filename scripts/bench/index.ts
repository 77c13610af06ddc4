/**
 * `npm run bench`: measures side by side in one run and prints ratios. Arguments name the parts: api, smtp, mail, licensing,
 * usage, workflows, parsers, jq, boot, queue, robots, ai, knowledge, reading, retrieval, move, replicas, ui. `growth` and `cpu` run alone, with options of their own:
 * growth/index.ts, cpu/index.ts.
 */
import { measureAi } from './ai.ts';
import { measureApi } from './api.ts';
import { measureBoot } from './boot.ts';
import { compareCpu } from './cpu/index.ts';
import { measureGrowth } from './growth/index.ts';
import { measureJq } from './jq.ts';
import { measureKnowledge } from './knowledge.ts';
import { measureLicensing } from './licensing.ts';
import { measureMail } from './mail.ts';
import { measureMove } from './move.ts';
import { measureParsers } from './parsers.ts';
import { measureQueue } from './queue.ts';
import { measureReading } from './reading.ts';
import { measureReplicas } from './replicas.ts';
import { measureRetrieval } from './retrieval.ts';
import { measureRobots } from './robots.ts';
import { measureSmtp } from './smtp.ts';
import { measureUi } from './ui.ts';
import { measureUsage } from './usage.ts';
import { measureWorkflows } from './workflows.ts';

const PARTS = {
  api: measureApi,
  smtp: measureSmtp,
  mail: measureMail,
  licensing: measureLicensing,
  parsers: measureParsers,
  jq: measureJq,
  usage: measureUsage,
  workflows: measureWorkflows,
  boot: measureBoot,
  queue: measureQueue,
  robots: measureRobots,
  ai: measureAi,
  knowledge: measureKnowledge,
  reading: measureReading,
  retrieval: measureRetrieval,
  move: measureMove,
  replicas: measureReplicas,
  ui: measureUi,
};

const wanted = process.argv.slice(2);
if (wanted[0] === 'cpu') {
  await compareCpu(wanted.slice(1));
  process.exit();
}
let missed = 0;
const parts = wanted[0] === 'growth' ? { growth: () => measureGrowth(wanted.slice(1)) } : PARTS;
for (const [name, measure] of Object.entries(parts)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  for (const { what, value, target, isMet } of await measure()) {
    console.log(`${isMet ? 'met   ' : 'MISSED'}  ${what}: ${value} (target: ${target})`);
    if (!isMet) missed++;
  }
}
console.log(missed === 0 ? '\nAll targets are met.' : `\n${missed} targets are missed.`);
