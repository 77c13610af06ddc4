/**
 * Which modules of the pages come in one file: a request costs more than a few KB, and what nearly everybody needs is
 * smaller together. What no group names is put together by which pages need it.
 */
import { readFileSync } from 'node:fs';

const NAVIGATION_ICONS = [
  ...readFileSync(new URL('../shell/navigation-icons.ts', import.meta.url), 'utf8').matchAll(
    /\/(?<icon>Icon(?!Mail\.)\w+)\.mjs'/g,
  ),
].map(({ groups }) => groups?.icon);

/** What every page runs on, and small parts of nearly every one. */
const EVERYWHERE = oneOf(
  /^\0?(rolldown\/runtime|vite\/preload-helper)/,
  /\/node_modules\/(react|react-dom|scheduler|clsx|get-nonce|use-sync-external-store)\//,
  /\/node_modules\/@tanstack\/(react-router|router-core|history|store|react-store|query-core|react-query)\//,
  /\/node_modules\/openapi-(fetch|react-query)\//,
  /\/@mantine\/core\/(esm\/core\/|styles\/(baseline|default-css-variables|global)\.css)/,
  components(
    'ActionIcon|Alert|Anchor|Breadcrumbs|Button|Center|CloseButton|Code|Container|CopyButton|Divider|Group|Input|InputBase|Loader|Paper|PasswordInput|Skeleton|Stack|Text|TextInput|ThemeIcon|Title|Transition|UnstyledButton',
  ),
  hooks(
    'clipboard|color-scheme|did-update|disclosure|id|isomorphic-effect|media-query|merged-ref|mutation-observer|reduced-motion|uncontrolled|window-event',
  ),
  /\/@mantine\/hooks\/esm\/utils\//,
  // One line, for which what lies over pages would be loaded with every choice of two.
  /\/@mantine\/core\/esm\/components\/ScrollArea\/utils\/to-int\./,
  /\/@tabler\/icons-react\/dist\/esm\/(createReactComponent|defaultAttributes|icons\/Icon(Check|Copy|Fingerprint|Inbox|Language|Login2|Mail|Moon|Sun)\.)/,
  /\/plugins\/admin\/web\/client\/(?!live\.|live-event|live-stream)/,
  /\/plugins\/[\w-]+\/ui\/index\.tsx/,
  /\/plugins\/admin\/web\/(main\.tsx$|i18n\/(i18n|texts|use-translation)\.ts$)/,
  /\/plugins\/auth\/ui\/(parts\/(fields|go-on|other-ways|passkey|provider-code|public-form)|bounds)\.tsx?$/,
  /\/plugins\/admin\/web\/shell\/(app|preferences|public-layout|registry|router|shell|theme|trusted-types|upgrade|whole-library)\.(tsx?|css)$/,
  /\/plugins\/admin\/web\/kit\/(arrival|copy|define-pages|has-spoken|link|load-with-texts|message|page|panel|states|style-nonce|trail|url-state|use-router|waiting)\.tsx?$/,
);

/** What is around the pages of somebody who has signed in. */
const SHELL = oneOf(
  /\/node_modules\/(eventsource-client|eventsource-parser|react-remove-scroll|react-remove-scroll-bar|react-style-singleton|use-sidecar|use-callback-ref|tslib)\//,
  components(
    'Accordion|AppShell|Avatar|Badge|Burger|Card|Collapse|Grid|Kbd|List|NavLink|Progress|SimpleGrid|Tabs|VisuallyHidden',
  ),
  hooks(
    'collapse|debounced-callback|force-update|horizontal-collapse|mounted|network|resize-observer|shallow-effect|timeout',
  ),
  /\/plugins\/admin\/web\/(client\/live|client\/live-stream|client\/live-event|i18n\/chinese-spaces|i18n\/formats|i18n\/regional-tag)\.tsx?$/,
  /\/plugins\/admin\/web\/kit\/(actions|cards|later|leave-guard|not-live|on-demand|params|parts-of-pages|scroll-row|section-rank|shortcuts|tabs-list|values|versioned-form|written)(\.module)?\.(tsx?|css)$/,
  /\/plugins\/admin\/web\/shell\/(account-button|account-menu|area-pages|banners|last-pages|layout|menu|navigation|navigation-icons|not-found|session-of-tabs|spare-parts|typed-ahead)\.tsx?$/,
  // A few lines, of which each page of lists would have a file.
  /\/plugins\/workflows\/ui\/parts\/list-answer\.ts$/,
  new RegExp(`/icons/(${['IconSearch', 'IconUserCircle', ...NAVIGATION_ICONS].join('|')})\\.`),
);

/** What lies over pages: dialogs, menus, hints, lists to choose from. */
const OVER_PAGES = oneOf(
  /\/node_modules\/(@floating-ui|tabbable)\//,
  hooks('click-outside|delayed-hover|focus-return|focus-trap|long-press'),
  /\/@mantine\/core\/esm\/components\/(Checkbox\/CheckIcon|Radio\/RadioIcon)\.mjs/,
  components('FocusTrap|Floating|Menu|Modal|ModalBase|Overlay|Popover|Portal|Tooltip|ScrollArea'),
);

/** Of most forms. */
const FIELDS = oneOf(
  components(
    'Checkbox|CheckboxCard|CheckboxIndicator|Combobox|InputsGroupFieldset|InlineInput|Radio|RadioCard|RadioIndicator|Select|Switch|Textarea',
  ),
  hooks('previous'),
  /\/node_modules\/react-textarea-autosize\//,
);

/** Words and icons of steps and triggers: of the editor, and of pages that show what it makes. */
const STEPS =
  /\/plugins\/workflows\/ui\/(steps\/|(graph\/(kind-icons|load-spread|status-icon)|parts\/changes|editor\/(triggers\/(entry-icons|trigger-text)|forms\/texts))\.(?!module))/;

const ICONS = /\/@tabler\/icons-react\//;

export const files = [
  { name: 'base', test: EVERYWHERE },
  { name: 'over', test: OVER_PAGES },
  { name: 'shell', test: SHELL },
  { name: 'fields', test: FIELDS },
  { name: 'steps', test: STEPS },
  { name: 'icons', test: ICONS },
];

/** Of Mantine, each with its style sheet. */
function components(names: string): RegExp {
  return new RegExp(`/@mantine/core/(esm/(components|utils)/(${names})/|styles/(${names})\\.css)`);
}

function hooks(names: string): RegExp {
  return new RegExp(`/@mantine/hooks/esm/use-(${names})/`);
}

function oneOf(...patterns: readonly RegExp[]): RegExp {
  return new RegExp(patterns.map(({ source }) => source).join('|'));
}
