/** What stands above the parts of licensing sees, and tests see: everything of each. */
import type { CsvOwn } from './csv/services.ts';
import type { CustomersOwn } from './customers/services.ts';
import type { DevicesOwn } from './devices/services.ts';
import type { FloatingOwn } from './floating/services.ts';
import type { KeysOwn } from './keys/services.ts';
import type { LicencesOwn } from './licences/services.ts';
import type { OfflineOwn } from './offline/services.ts';
import type { ProductsOwn } from './products/services.ts';
import type { LicensingGround } from './services.ts';
import type { VerificationOwn } from './verification/services.ts';

export interface LicensingScope
  extends LicensingGround,
    ProductsOwn,
    KeysOwn,
    LicencesOwn,
    CsvOwn,
    DevicesOwn,
    CustomersOwn,
    VerificationOwn,
    FloatingOwn,
    OfflineOwn {}
