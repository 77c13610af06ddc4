/** What the inside of AI replies sees: the platform's services, the public ones of auth and robots, and its own. */
import type { Services } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { RobotsServices } from '#plugins/robots/contract.ts';
import type { AiOwn } from './services.ts';

export interface AiScope extends Services, AuthServices, RobotsServices, AiOwn {}
