/** The phases of the DSL (specification, "Status Phases"). */
export const PHASES = ['pending', 'running', 'waiting', 'suspended', 'cancelled', 'faulted', 'completed'] as const;
export type Phase = (typeof PHASES)[number];
