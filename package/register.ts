/** `node --import patchbay-platform/register`: plugins and their tests that follow get the platform that this file belongs to. */
import { shareModules } from '#core/loading/shared-modules.ts';

shareModules();
