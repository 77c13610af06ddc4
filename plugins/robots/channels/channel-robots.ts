/** Robots that are accounts of other networks: made by people, or by the configuration. Table: robots_channel_robots. */

import { compileCheck, isUniqueViolation, messageOf } from '#core/kit.ts';
import { coreErrors, type Services, type TenantPrincipal } from '#core/plugin.ts';
import type { AuditLog, OperatorTenant, Origin } from '#plugins/auth/contract.ts';
import type { RobotsConfig } from '../config.ts';
import type { ChannelConfig, RobotChannel, RobotChannels } from '../contract.ts';
import { robotErrors } from '../errors.ts';
import type { RobotMaking } from '../robots/robot-making.ts';
import { DEFAULT_SETTINGS } from '../robots/robot-settings.ts';
import type { RobotRow } from '../robots/tables.ts';

export interface ChannelRobots {
  /** Throws `CHANNEL_NOT_FOUND`, `validation_error`, `CHANNEL_REFUSED`, `CHANNEL_ACCOUNT_TAKEN`, `limit_exceeded`. */
  create(
    principal: TenantPrincipal,
    channel: string,
    wish: { name: string | null; config: ChannelConfig },
    origin: Origin,
  ): Promise<RobotRow>;
  /** Makes those of the configuration that are not there yet, and gives the others their tokens. False when one has to wait. */
  configure(): Promise<boolean>;
  /** What the channel needs to be the robot. */
  configOf(row: { robot: number; config: string }): ChannelConfig;
}

const PURPOSE = 'robots.channel';

interface Wanted {
  channel: RobotChannel;
  tenantId: string;
  userId: number | null;
  name: string | null;
  config: ChannelConfig;
  configured: string | null;
}

export function createChannelRobots({
  db,
  log,
  secrets,
  auditLog,
  operatorTenant,
  robotsConfig,
  robotMaking,
  robotChannels,
}: Services & {
  auditLog: AuditLog;
  operatorTenant: OperatorTenant;
  robotsConfig: RobotsConfig;
  robotMaking: RobotMaking;
  robotChannels: RobotChannels;
}): ChannelRobots {
  return {
    async create(principal, name, wish, origin) {
      const channel = robotChannels.named(name);
      if (!channel) throw robotErrors.CHANNEL_NOT_FOUND();
      const issues = compileCheck(channel.config, 'body')(wish.config);
      if (issues) throw coreErrors.validation_error({ issues });
      const { tenantId, userId } = principal;
      const robot = await make({ channel, tenantId, userId: userId || null, ...wish, configured: null });
      const { robot_id: targetId } = robot;
      await auditLog.record({
        action: 'robot.created',
        actor: principal,
        tenantId,
        targetType: 'robot',
        targetId,
        ...origin,
      });
      return robot;
    },
    async configure() {
      let isDone = true;
      for (const [configured, bot] of Object.entries(robotsConfig.telegram.bots)) {
        try {
          isDone = (await configureOne(configured, bot)) && isDone;
        } catch (error) {
          isDone = false;
          log.warn({ bot: configured, reason: messageOf(error) }, 'A robot of the configuration could not be made yet');
        }
      }
      return isDone;
    },
    configOf: ({ robot, config }) => JSON.parse(secrets.open(PURPOSE, config, String(robot)).toString()),
  };

  /** False while there is no tenant for it. */
  async function configureOne(
    configured: string,
    { token, tenant }: { token: string; tenant?: string },
  ): Promise<boolean> {
    const channel = robotChannels.named('telegram');
    const tenantId = tenant ?? (await operatorTenant.id());
    if (!channel || tenantId === null) return false;
    const config = { token };
    const row = await db.write('robots_channel_robots').where({ channel: channel.name, configured }).first();
    if (!row) {
      await make({ channel, tenantId, userId: null, name: configured, config, configured });
      return true;
    }
    const { account } = await identified(channel, config);
    await db
      .write('robots_channel_robots')
      .where({ robot: row.robot })
      .update({ account, config: sealed(row.robot, config) });
    return true;
  }

  async function make({ channel, tenantId, userId, name, config, configured }: Wanted): Promise<RobotRow> {
    const known = await identified(channel, config);
    try {
      return await db.transaction(async (trx) => {
        const wish = { tenantId, userId, name: name ?? known.name, settings: DEFAULT_SETTINGS };
        const { id } = await robotMaking.make(trx, wish);
        const [robot] = await trx('robots_robots').where({ id }).update({ channel: channel.name }).returning('*');
        if (!robot) throw new Error('The robot was not stored');
        const row = { robot: id, channel: channel.name, account: known.account, configured };
        // A deleted robot is erased later; its account is free at once, unless the configuration names it.
        const deleted = trx('robots_robots').where({ status: 'deleted' }).select('id');
        const former = { channel: channel.name, account: known.account, configured: null };
        await trx('robots_channel_robots').where(former).whereIn('robot', deleted).delete();
        await trx('robots_channel_robots').insert({ ...row, config: sealed(id, config) });
        return robot;
      });
    } catch (error) {
      if (isUniqueViolation(error)) throw robotErrors.CHANNEL_ACCOUNT_TAKEN();
      throw error;
    }
  }

  async function identified(channel: RobotChannel, config: ChannelConfig) {
    try {
      return await channel.identify(config);
    } catch (error) {
      throw robotErrors.CHANNEL_REFUSED({ message: `${channel.name}: ${messageOf(error)}`, cause: error });
    }
  }

  function sealed(robot: number, config: ChannelConfig): string {
    return secrets.seal(PURPOSE, JSON.stringify(config), String(robot));
  }
}
