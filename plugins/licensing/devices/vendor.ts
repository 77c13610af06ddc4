/** How a program says whose licences it takes; programs of the operator need not. */
import Type from 'typebox';

/** Whose licences a program asks for. Without either: the operator's own. */
export interface Vendor {
  /** Public id of the product, `PROD-…`. */
  productId?: string;
  tenantId?: string;
}

const Name = (maxLength: number, description: string) =>
  Type.Optional(Type.Union([Type.String({ maxLength }), Type.Null()], { description }));

export const VendorFields = {
  product_id: Name(40, 'Public id of the product (PROD-…); licences of others are unknown then'),
  tenant_id: Name(36, 'The tenant that issues the licences; without it and product_id, the operator of this server'),
};

export function vendorOf(body: { product_id?: string | null; tenant_id?: string | null }): Vendor {
  const [productId, tenantId] = [plain(body.product_id), plain(body.tenant_id)];
  return { ...(productId && { productId }), ...(tenantId && { tenantId }) };
}

/** PostgreSQL takes no NUL in a text, and would refuse all that are looked up with it. */
export function plain(text: string | null | undefined): string {
  return (text ?? '').replaceAll('\0', '');
}
