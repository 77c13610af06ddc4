/** Robots for measurements and drills, made as people make them: activation codes, then activation. */
import { ADMIN, type Running } from '../processes.ts';

export interface MadeRobot {
  robotId: string;
  token: string;
}

/** The access token of the administrator. */
export async function adminOf(platform: Running): Promise<string> {
  const { access_token } = await postJson(platform, '/api/v2/auth/login', '', {
    email: ADMIN.email,
    password: ADMIN.password,
  });
  return access_token;
}

export async function makeRobots(platform: Running, admin: string, count: number): Promise<MadeRobot[]> {
  const robots: MadeRobot[] = [];
  while (robots.length < count) {
    const wish = { count: Math.min(100, count - robots.length), validityPeriod: 365 };
    const { data } = await postJson(platform, '/api/admin/activation-codes', admin, wish);
    const made = data.codes.map(async ({ code }: { code: string }) => {
      const deviceInfo = { deviceId: `device of ${code}`, brand: 'Bench', model: 'M', os: 'Android', osVersion: '13' };
      const { robotId, token } = (await postJson(platform, '/api/robot-ids/activate', '', { code, deviceInfo })).data;
      return { robotId, token };
    });
    robots.push(...(await Promise.all(made)));
  }
  return robots;
}

/** Rejects when it is refused. */
export function postJson(platform: Running, path: string, token: string, body: object): Promise<any> {
  return sendJson(platform, 'POST', path, token, body);
}

/** The same by another method. */
export async function sendJson(
  platform: Running,
  method: string,
  path: string,
  token: string,
  body: object,
): Promise<any> {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
  const url = `http://127.0.0.1:${platform.ready.http}${path}`;
  const answer = await fetch(url, { method, headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
}
