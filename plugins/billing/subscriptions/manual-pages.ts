/** The two plain pages of the manual provider, made on the server: how to pay, and what was paid. */
import { escapeHtml as escaped, htmlPage } from '#core/kit.ts';
import type { PlanRow } from '../contract.ts';
import { moneyText } from '../money.ts';
import type { InvoiceView } from '../payments/views/invoices.ts';
import type { CheckoutRow } from './tables.ts';

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 34rem; margin: 4rem auto; padding: 0 1rem; color: #1d2530; background: #f6f7f9 }
main { background: #fff; border: 1px solid #d5dbe3; border-radius: .6rem; padding: 1.5rem 2rem }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .3rem 1.5rem } dt { color: #5b6675 } dd { margin: 0; overflow-wrap: anywhere }
table { border-collapse: collapse; width: 100% } td, th { text-align: left; padding: .3rem .6rem .3rem 0 }
.how { white-space: pre-line }
`;
export function checkoutPage(checkout: CheckoutRow, plan: PlanRow, instructions: string) {
  const state = {
    open: `<p class="how">${escaped(instructions)}</p>`,
    completed: '<p>This has been paid. Thank you.</p>',
    expired: '<p>This checkout has expired; please start a new one.</p>',
  }[checkout.status];
  return page(
    `Checkout: ${plan.display_name}`,
    `<dl>
  <dt>Plan</dt><dd>${escaped(plan.display_name)} (${checkout.billing_cycle})</dd>
  <dt>Amount</dt><dd>${escaped(moneyText(Number(checkout.amount), checkout.currency))}</dd>
  <dt>Reference</dt><dd>${escaped(checkout.session_id)}</dd>
</dl>
${state}`,
  );
}

export function portalPage(planName: string, status: string, invoices: readonly InvoiceView[]) {
  const rows = invoices.map(
    ({ number, created_at, total, currency, status }) =>
      `<tr><td>${escaped(number)}</td><td>${created_at.slice(0, 10)}</td><td>${total} ${escaped(currency)}</td><td>${status}</td></tr>`,
  );
  return page(
    'Your subscription',
    `<dl><dt>Plan</dt><dd>${escaped(planName)}</dd><dt>Status</dt><dd>${escaped(status)}</dd></dl>
<h2>Invoices</h2>
<table><tr><th>Number</th><th>Date</th><th>Total</th><th>Status</th></tr>
${rows.join('\n')}
</table>`,
  );
}

function page(title: string, content: string) {
  return htmlPage({ title, style: STYLE, body: `<main>\n<h1>${escaped(title)}</h1>\n${content}\n</main>` });
}
