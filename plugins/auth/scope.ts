/** What the inside of auth sees: the platform's services, and its own. */
import type { Services } from '#core/plugin.ts';
import type { AuthOwn } from './services.ts';

export interface AuthScope extends Services, AuthOwn {}
