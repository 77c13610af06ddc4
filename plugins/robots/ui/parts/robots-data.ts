/** Robots as pages read them. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { $api, type AnswerOf, isRecord, type RowOf, send, useLiveRefresh, useRows } from 'patchbay-platform/ui';

export const ROBOTS = '/api/platform/robots/robots';
export const ROBOT = '/api/platform/robots/robots/{id}';
/** With its phone and its activation, as phones and third parties see it. */
const DETAIL = '/api/robots/{robotId}';
export const STATE_TOPICS = ['robot.online', 'robot.offline'] as const;

export type RobotRow = RowOf<typeof ROBOTS>;
export type RobotStatus = RobotRow['status'];
export type RobotWithSettings = AnswerOf<typeof ROBOT>;
export type ShownRobot = AnswerOf<typeof DETAIL>['data'];

/** A robot, read again when it comes or goes. */
export function useRobot(robotId: string) {
  const query = $api.useQuery('get', DETAIL, { params: { path: { robotId } } });
  useLiveRefresh(
    STATE_TOPICS,
    () => query.refetch(),
    ({ data }) => !isRecord(data) || data.robot_id === robotId,
  );
  return query;
}

/** Robots for a field: the newest. */
export function useRobotChoices(): { value: string; label: string }[] {
  const { data = [] } = useRows(ROBOTS);
  return data.map(({ id, name }) => ({ value: id, label: name }));
}

/** How many robots there are in a state, or that are not deleted. */
export function useRobotTotal(status?: RobotStatus) {
  return useQuery({
    queryKey: ['get', ROBOTS, 'total', status],
    async queryFn({ signal }): Promise<AnswerOf<typeof ROBOTS>> {
      const asked = new URLSearchParams({ limit: '1', ...(status && { status }) });
      return (await send(`${ROBOTS}?${asked}`, { signal })).json();
    },
  });
}

/** What was changed is read again: lists, and the robot unless it is gone. */
export function useReadRobotsAgain(): (change?: 'gone') => Promise<void> {
  const client = useQueryClient();
  return async (change) => {
    const paths = change === 'gone' ? [ROBOTS] : [ROBOTS, ROBOT, DETAIL];
    await Promise.all(paths.map((path) => client.invalidateQueries({ queryKey: ['get', path] })));
  };
}
