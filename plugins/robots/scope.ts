/** What the inside of robots sees: the platform's services, the public ones of auth, and its own. */
import type { Services } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { BroadcastsOwn } from './broadcasts/services.ts';
import type { ThirdPartyOwn } from './callbacks/services.ts';
import type { ChannelsOwn } from './channels/services.ts';
import type { RobotsConfig } from './config.ts';
import type { RobotsServices } from './contract.ts';
import type { Messages } from './inbox/messages.ts';
import type { InboxOwn } from './inbox/services.ts';
import type { RobotErasure } from './robot-erasure.ts';
import type { RobotCallbacks } from './services/callbacks.ts';
import type { ConnectedRobots } from './services/connected-robots.ts';
import type { Offers } from './services/dispatch.ts';
import type { KeptRobotLogs } from './services/logs.ts';
import type { PeopleOwn } from './services/people.ts';
import type { Presence } from './services/presence.ts';
import type { RobotQuestions } from './services/questions.ts';
import type { Arrivals } from './services/reconnect-limit.ts';
import type { ResponseTimes } from './services/response-times.ts';
import type { Results } from './services/results.ts';
import type { RobotAccess } from './services/robot-access.ts';
import type { RobotTokens } from './services/robot-tokens.ts';
import type { Robots } from './services/robots.ts';
import type { Statistics } from './services/statistics.ts';
import type { BareSockets } from './services/unauthenticated-sockets.ts';
import type { FramesOfDialects } from './sockets/frames-of-dialects.ts';

/** The services of robots by name. */
export interface RobotsOwn extends ThirdPartyOwn, PeopleOwn, InboxOwn, BroadcastsOwn, ChannelsOwn {
  robots: Robots;
  robotTokens: RobotTokens;
  robotAccess: RobotAccess;
  robotPresence: Presence;
  robotOffers: Offers;
  robotResults: Results;
  robotMessages: Messages;
  robotCallbacks: RobotCallbacks;
  robotResponseTimes: ResponseTimes;
  connectedRobots: ConnectedRobots;
  robotFrames: FramesOfDialects;
  robotStatistics: Statistics;
  robotArrivals: Arrivals;
  robotBareSockets: BareSockets;
  robotQuestions: RobotQuestions;
  robotErasure: RobotErasure;
  robotsConfig: RobotsConfig;
}

export interface RobotsScope extends Services, AuthServices, RobotsServices, RobotsOwn {
  /** With what others do not see of it. */
  robotLogs: KeptRobotLogs;
}
