/** Robots as pages read them, kept true as they come and go without asking the server each time. */
import { useQueryClient } from '@tanstack/react-query';
import { $api, type AnswerOf, isRecord, useLive } from 'patchbay/ui';

export const ROBOTS = '/api/robots';
export const ROBOT = '/api/robots/{robotId}';
/** As many as the server gives at once. */
const MOST_CHOICES = 100;

export type RobotList = AnswerOf<typeof ROBOTS>;
export type ShownRobot = AnswerOf<typeof ROBOT>['data'];
export type RobotStatus = ShownRobot['status'];

/** A page of robots. */
export function useRobots(query: { page?: number; pageSize?: number; status?: RobotStatus }) {
  useRobotStates();
  return $api.useQuery('get', ROBOTS, { params: { query } });
}

export function useRobot(robotId: string) {
  useRobotStates();
  return $api.useQuery('get', ROBOT, { params: { path: { robotId } } });
}

/** Robots for a field: the newest. */
export function useRobotChoices(): { value: string; label: string }[] {
  const { data } = $api.useQuery('get', ROBOTS, { params: { query: { pageSize: MOST_CHOICES } } });
  return (data?.data.list ?? []).map(({ robotId, name }) => ({ value: robotId, label: name }));
}

/** What was changed is read again: lists, and the robot unless it is gone. */
export function useReadRobotsAgain(): (change?: 'gone') => Promise<void> {
  const client = useQueryClient();
  return async (change) => {
    const paths = change === 'gone' ? [ROBOTS] : [ROBOTS, ROBOT];
    await Promise.all(paths.map((path) => client.invalidateQueries({ queryKey: ['get', path] })));
  };
}

/** Writes the state into what was read: a thousand robots that come back are no thousand requests. */
function useRobotStates(): void {
  const client = useQueryClient();
  const readAgain = useReadRobotsAgain();
  useLive(['robot.online', 'robot.offline'], ({ type, data }) => {
    if (!isRecord(data)) return void readAgain();
    const status = type === 'robot.online' ? 'online' : 'offline';
    const put = <Robot extends { robotId: string; status: RobotStatus }>(robot: Robot): Robot =>
      robot.robotId === data.robot_id ? { ...robot, status } : robot;
    client.setQueriesData<RobotList>(
      { queryKey: ['get', ROBOTS] },
      (page) => page && { ...page, data: { ...page.data, list: page.data.list.map(put) } },
    );
    client.setQueriesData<AnswerOf<typeof ROBOT>>(
      { queryKey: ['get', ROBOT] },
      (answer) => answer && { ...answer, data: put(answer.data) },
    );
  });
}
