/** Everything that robots refuses. Its Chinese is in `sentences.ts`. */
import { defineErrors } from '#core/errors.ts';

export const robotErrors = defineErrors({
  ROBOT_NOT_FOUND: [404, 'There is no such robot'],
  ROBOT_OFFLINE: [409, 'The robot is not connected'],
  ROBOT_SILENT: [504, 'The robot did not answer'],
  ROBOT_DELETED: [403, 'This robot was deleted'],
  CODE_NOT_FOUND: [404, 'There is no such activation code'],
  CODE_DISABLED: [403, 'The activation code was disabled'],
  CODE_EXPIRED: [403, 'The activation code has expired'],
  CODE_IN_USE: [409, 'The activation code is in use on another device'],
  CODE_OF_OTHERS: [403, 'The activation code belongs to somebody else'],
  ROBOT_HAS_DEVICE: [409, 'This robot has a device already'],
  NOT_BOUND: [409, 'No device uses this activation code'],
  ROBOT_TOKEN_INVALID: [401, 'The token of the robot is not valid'],
  ROBOT_TOKEN_EXPIRED: [401, 'The token of the robot has expired'],
  OTHER_ROBOT: [403, 'The token belongs to another robot'],
  COMMAND_NOT_FOUND: [404, 'There is no such command'],
  FILE_INVALID: [400, 'The file is no Base64'],
  FILE_TOO_LARGE: [413, 'The file is larger than allowed'],
  CALLBACK_URL_REFUSED: [400, 'The address of the callback may not be reached'],
  CONVERSATION_NOT_FOUND: [404, 'There is no such conversation'],
  CONTACT_NOT_FOUND: [404, 'There is no such contact'],
  CONTACTS_NOT_ALIKE: [409, 'Only two different contacts of one tenant can be merged'],
  TEAM_NOT_FOUND: [404, 'There is no such team'],
  TEAM_EXISTS: [409, 'There is a team of this name already'],
  QUICK_REPLY_NOT_FOUND: [404, 'There is no such quick reply'],
  QUICK_REPLY_EXISTS: [409, 'There is a quick reply of this name already'],
  UNKNOWN_VARIABLE: [422, 'The text has a variable that is not known'],
  CONTACT_OPTED_OUT: [409, 'The contact wants to hear no more'],
  USER_NOT_FOUND: [404, 'There is no such user'],
});
export type RobotErrorCode = keyof typeof robotErrors;
