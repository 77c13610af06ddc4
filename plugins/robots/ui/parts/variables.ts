/** What stands for something of the contact or the robot in texts that are written once for many. */
export const VARIABLES = '{{contact.name}}, {{robot.name}}, {{contact.fields.city}}';
