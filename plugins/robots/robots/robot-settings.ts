/** How a robot answers: `robots_robots.settings`, with the ranges of the WorkBot document and what holds without them. */
import Type, { type Static } from 'typebox';
import { coreErrors } from '#core/plugin.ts';
import type { AnswerSettings } from '../contract.ts';
import { Numeric, numberOf } from '../serialization.ts';

const AI_MODES = ['builtin', 'third_party', 'none'] as const satisfies readonly AnswerSettings['aiMode'][];

export type RobotSettings = AnswerSettings;

export const DEFAULT_SETTINGS: RobotSettings = {
  aiMode: 'builtin',
  aiProvider: null,
  aiModel: null,
  aiScenario: null,
  aiTemperature: 0.7,
  aiMaxTokens: 2_000,
  aiContextLength: 10,
  replyDelayMin: 1,
  replyDelayMax: 3,
  aiCallLimitDaily: 1_000,
  sessionTimeoutMinutes: 30,
};

type NumberName = {
  [Name in keyof RobotSettings]: RobotSettings[Name] extends number ? Name : never;
}[keyof RobotSettings];
interface Range {
  least: number;
  most: number;
  isWhole: boolean;
}
const RANGES: Record<NumberName, Range> = {
  aiTemperature: { least: 0, most: 2, isWhole: false },
  aiMaxTokens: { least: 1, most: 32_000, isWhole: true },
  aiContextLength: { least: 0, most: 50, isWhole: true },
  replyDelayMin: { least: 0, most: 300, isWhole: false },
  replyDelayMax: { least: 0, most: 300, isWhole: false },
  aiCallLimitDaily: { least: 0, most: 1_000_000_000, isWhole: true },
  sessionTimeoutMinutes: { least: 1, most: 7 * 24 * 60, isWhole: true },
};
const NUMBERS = Object.keys(RANGES) as NumberName[];
const TEXTS = ['aiProvider', 'aiModel', 'aiScenario'] as const;

const Text = (maxLength: number) => Type.Optional(Type.Union([Type.String({ maxLength }), Type.Null()]));
const Of = (name: NumberName) => Type.Optional(Numeric({ minimum: RANGES[name].least, maximum: RANGES[name].most }));

/** What a body may change. */
export const SettingsPatch = {
  aiMode: Type.Optional(Type.Enum([...AI_MODES, 'off'], { description: '`off` means `none`' })),
  aiProvider: Text(100),
  aiModel: Text(200),
  aiScenario: Text(2_000),
  aiTemperature: Of('aiTemperature'),
  aiMaxTokens: Of('aiMaxTokens'),
  aiContextLength: Of('aiContextLength'),
  replyDelayMin: Of('replyDelayMin'),
  replyDelayMax: Of('replyDelayMax'),
  aiCallLimitDaily: Of('aiCallLimitDaily'),
  sessionTimeoutMinutes: Of('sessionTimeoutMinutes'),
};
const PatchObject = Type.Object(SettingsPatch);
export type SettingsPatch = Static<typeof PatchObject>;

/** The settings of a robot, whole. */
export function settingsOf({ settings }: { settings: string }): RobotSettings {
  return { ...DEFAULT_SETTINGS, ...JSON.parse(settings) };
}

/** The settings with what is changed. Throws `bad_request` for what is out of its range. */
export function changedSettings(before: RobotSettings, patch: SettingsPatch): RobotSettings {
  const after = {
    ...before,
    ...(patch.aiMode !== undefined && { aiMode: patch.aiMode === 'off' ? 'none' : patch.aiMode }),
  };
  for (const name of TEXTS) if (patch[name] !== undefined) after[name] = patch[name];
  for (const name of NUMBERS) if (patch[name] !== undefined) after[name] = inRange(name, patch[name]);
  if (after.replyDelayMin > after.replyDelayMax)
    throw coreErrors.bad_request({ message: 'replyDelayMin is at most replyDelayMax' });
  return after;
}

/** A number that came as a text is in the same range. */
function inRange(name: NumberName, given: unknown): number {
  const { least, most, isWhole } = RANGES[name];
  const value = numberOf(given, Number.NaN);
  if (value >= least && value <= most && (!isWhole || Number.isInteger(value))) return value;
  throw coreErrors.bad_request({
    message: `${name} is ${isWhole ? 'a whole number' : 'a number'} from ${least} to ${most}`,
  });
}
