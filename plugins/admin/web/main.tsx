/** Where the web UI begins: what must be in place before anything is drawn, and the first question: who is here? */
import './shell/trusted-types.ts';
import '@mantine/core/styles/baseline.css';
import '@mantine/core/styles/default-css-variables.css';
import '@mantine/core/styles/global.css';
import './shell/shell.css';
import { setNonce } from 'get-nonce';
import { createRoot } from 'react-dom/client';
import { hasCookie } from './client/me.ts';
import { startLanguages } from './i18n/i18n.ts';
import { styleNonce } from './kit/style-nonce.ts';
import { App } from './shell/app.tsx';
import { reloadAfterUpgrade } from './shell/upgrade.ts';

setNonce(styleNonce);
reloadAfterUpgrade();
// Not awaited here: what the shell shares stands in the same file, and pages of third parties begin with it.
void startLanguages(!hasCookie).then(() => {
  const root = document.getElementById('root');
  if (root) createRoot(root).render(<App />);
});
