/** What plugins declare as work that jobs do. */
import type { Static, TSchema } from 'typebox';
import type { Services } from '../services.ts';
import type { JobContext, JobSettings } from './jobs.ts';

/** A kind of job: what it carries and how it is done. */
export interface JobType<P extends TSchema = TSchema> extends JobSettings<P> {
  run(payload: Static<P>, job: JobContext, services: Services): Promise<void>;
}

export function defineJob<P extends TSchema>(type: JobType<P>): JobType {
  return type as unknown as JobType;
}
