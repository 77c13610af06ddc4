/** What stands above the parts of licensing sees, and tests see: everything of each. */
import type { CustomersOwn } from './customers/services.ts';
import type { OfflineScope } from './offline/services.ts';

export interface LicensingScope extends OfflineScope, CustomersOwn {}
