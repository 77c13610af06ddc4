/** An invoice as PDF, one page or as many as its lines need. pdfkit is loaded with the first one. */

import { decimalsOf } from '../money.ts';
import type { InvoiceView } from './views/invoices.ts';

const LEFT = 56;
const RIGHT = 539;
const BOTTOM = 740;

/** `font`: a font file for scripts other than Latin. */
export async function invoicePdf(invoice: InvoiceView, font: string | null): Promise<Buffer> {
  const { default: PDFDocument } = await import('pdfkit');
  const document = new PDFDocument({
    size: 'A4',
    margin: LEFT,
    info: { Title: `Invoice ${invoice.number}`, CreationDate: new Date(invoice.created_at) },
  });
  const chunks: Buffer[] = [];
  const done = new Promise<Buffer>((resolve, reject) => {
    document.on('data', (chunk: Buffer) => chunks.push(chunk));
    document.on('end', () => resolve(Buffer.concat(chunks)));
    document.on('error', reject);
  });
  if (font) document.font(font);
  draw(document, invoice);
  document.end();
  return done;
}

function draw(document: PDFKit.PDFDocument, invoice: InvoiceView): void {
  const { issuer, customer, currency } = invoice;
  const money = (amount: number): string => `${amount.toFixed(decimalsOf(currency))} ${currency}`;
  const day = (time: string): string => time.slice(0, 10);

  document.fontSize(20).text(`Invoice ${invoice.number}`).moveDown(0.5).fontSize(10);
  const from = [issuer.name, ...issuer.address.split('\n'), issuer.taxId && `Tax ID: ${issuer.taxId}`];
  document.text(from.filter(Boolean).join('\n')).moveDown();
  document.text(['Bill to:', customer.name, customer.email].filter(Boolean).join('\n')).moveDown();
  document.text(`Date: ${day(invoice.created_at)}`);
  document.text(`Period: ${day(invoice.period_start)} to ${day(invoice.period_end)}`);
  document.text(
    `Status: ${invoice.status}${invoice.paid_at ? ` on ${day(invoice.paid_at)}` : `, due ${day(invoice.due_at)}`}`,
  );
  document.moveDown();

  const row = (text: string, amount: string): void => {
    if (document.y > BOTTOM) document.addPage();
    const { y } = document;
    document.text(text, LEFT, y, { width: 340 });
    const end = document.y;
    document.text(amount, RIGHT - 130, y, { width: 130, align: 'right' });
    document.y = Math.max(end, document.y) + 4;
  };
  const rule = (): void => {
    document.moveTo(LEFT, document.y).lineTo(RIGHT, document.y).strokeColor('#999999').stroke();
    document.y += 6;
  };
  rule();
  for (const line of invoice.lines) row(line.description, money(line.amount));
  rule();
  row('Subtotal', money(invoice.subtotal));
  if (invoice.discount > 0) row('Discount', money(-invoice.discount));
  if (invoice.credit > 0) row('Credit', money(-invoice.credit));
  document.fontSize(12);
  row('Total', money(invoice.total));
}
