/** A QR code as a drawing: dark on light in every scheme, because cameras read it so. */
import { useMemo } from 'react';
import { encode } from 'uqr';

/** Squares of quiet around it (ISO/IEC 18004 §9.1). */
const QUIET = 4;

export function QrPicture({ text, label }: { text: string; label: string }) {
  const { data, size } = useMemo(() => encode(text, { ecc: 'L', border: QUIET }), [text]);
  const path = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : []))).join('');
  return (
    <svg
      viewBox={`0 0 ${size} ${size}`}
      width={220}
      height={220}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
