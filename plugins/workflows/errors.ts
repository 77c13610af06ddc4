/** Everything that workflows refuse. */
import { defineErrors } from '#core/plugin.ts';

export const workflowErrors = defineErrors({
  workflow_not_found: [404, 'There is no such workflow'],
  version_not_found: [404, 'The workflow has no such version'],
  execution_not_found: [404, 'There is no such execution'],
  task_not_found: [404, 'The execution has no such task in its log'],
  // The same for what is not there and for what is not open: strangers learn nothing of it.
  hook_not_found: [
    404,
    'There is no hook of this name that is open to you. A definition opens its own with metadata.patchbay.hook; ' +
      'with credentials that may run the workflow it is always open',
  ],
  secret_not_found: [404, 'There is no such secret'],
  invalid_definition: [422, 'The definition is not valid'],
  workflow_disabled: [409, 'The workflow is switched off'],
  not_startable: [422, 'The workflow cannot be started with this'],
  tenant_not_active: [403, 'The tenant of this workflow is suspended: nothing of it runs'],
  too_many_executions: [429, 'Too many executions are open; try again when some have ended'],
  has_ended: [409, 'The execution has ended'],
  not_suspended: [409, 'The execution is not suspended'],
  not_faulted: [409, 'Only an execution that has failed can be tried again'],
  publisher_gone: [
    403,
    'The person who published this workflow no longer has an active account here; publish it again',
  ],
  bad_signature: [401, 'The signature of the request is missing or wrong'],
  link_expired: [403, 'The link is not valid any more'],
  asked_again: [410, 'This was asked again since; use the link of the newest mail'],
  stopping: [503, 'The platform is stopping; try again later'],
});
