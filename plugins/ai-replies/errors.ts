/** Everything that AI replies refuse. */
import { defineErrors } from '#core/errors.ts';

export const aiErrors = defineErrors({
  no_consent: [403, 'This tenant has not agreed that its texts are given to AI (`ai_consent_enabled`)'],
  no_provider: [409, 'No model is set up that can do this'],
  provider_failed: [502, 'No model has given an answer'],
  budget_exceeded: [403, 'The budget for this is used up'],
  provider_not_found: [404, 'There is no such provider'],
  provider_exists: [409, 'There is a provider of this name already'],
  mcp_server_not_found: [404, 'There is no such server of tools'],
  mcp_server_exists: [409, 'There is a server of tools of this name already'],
  mcp_server_failed: [502, 'The server of tools has failed'],
  tool_call_not_found: [404, 'There is no such call of a tool'],
  tool_call_decided: [409, 'Somebody has decided on this call already'],
  budget_not_found: [404, 'There is no such budget'],
  budget_exists: [409, 'There is a budget for this already'],
  provider_of_config: [409, 'This provider is set in the configuration file, and changed there'],
});
