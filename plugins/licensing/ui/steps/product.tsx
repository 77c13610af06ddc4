/** First steps: a product, made in a sheet. */
import type { StepProps } from 'patchbay-platform/ui';
import { ProductForm } from '../parts/product-form.tsx';

export default function ProductStep({ onClose }: StepProps) {
  return <ProductForm product={null} onClose={onClose} />;
}
