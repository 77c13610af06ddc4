/** Calls about one robot: how it is, and sending through it. */

type Words = (key: string) => string;

export function robotCalls(t: Words, robotId: string) {
  const body = { robotId, type: 'text', titleList: [t('tryIt.to')], content: t('tryIt.text') };
  return [
    { about: t('tryIt.send'), method: 'POST', path: '/api/robot/send-message', body, by: 'key' },
    {
      about: t('tryIt.look'),
      method: 'GET',
      path: `/api/platform/robots/robots/${encodeURIComponent(robotId)}`,
      by: 'key',
    },
  ] as const;
}
