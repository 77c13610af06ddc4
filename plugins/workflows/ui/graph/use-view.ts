/**
 * What part of a graph is seen: dragged by mouse, finger or pen, made larger and smaller with two fingers, with the wheel
 * while Ctrl is held (which is how a touchpad's two fingers arrive), or by buttons. The wheel alone scrolls the page.
 */
import { useMergedRef, useResizeObserver } from '@mantine/hooks';
import { type MouseEvent, type PointerEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Box, Layout, Point } from './layout.ts';

export interface View extends Point {
  zoom: number;
  /** Goes there, rather than being there at once. */
  isMoving: boolean;
}

interface Size {
  width: number;
  height: number;
}

export const ZOOM = { least: 0.1, most: 1.5, step: 1.2 };
/** A long graph begins at its top rather than being too small to read; a wide one is made to fit, as far as that goes. */
const SMALLEST = { high: 0.75, wide: 0.45 };
export const MARGIN = 16;
/** Less is a click by a hand that is not quite still. */
const STILL = 4;
const WHEEL = 0.002;
/** Firefox gives the lines of a wheel, not its pixels. */
const LINE = 20;

export function useView(layout: Layout) {
  const [measured, { width, height }] = useResizeObserver<HTMLDivElement>();
  const [given, setView] = useState<View | null>(null);
  const frame = useRef<HTMLDivElement | null>(null);
  const heldWheel = useCallback((element: HTMLDivElement | null) => {
    const zoom = (event: WheelEvent) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      isChosen.current = true;
      const turned = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1);
      setView((view) => view && zoomed(view, 2 ** (-turned * WHEEL * 5), placeIn(element, event)));
    };
    // React listens passively, and the browser would make the whole page larger.
    element?.addEventListener('wheel', zoom, { passive: false });
    return () => element?.removeEventListener('wheel', zoom);
  }, []);
  const ref = useMergedRef(measured, frame, heldWheel);
  const size = useMemo(() => ({ width, height }), [width, height]);
  // As soon as the frame has a size.
  if (given === null && width > 0) setView(beginning(layout, size));
  // What is changed in the graph is shown as well as at the beginning, until somebody has chosen what they look at.
  const isChosen = useRef(false);
  useEffect(() => {
    if (isChosen.current) return;
    const next = beginning(layout, size);
    setView((view) => view && (isSame(view, next) ? view : { ...next, isMoving: true }));
  }, [layout, size]);

  const bring = useCallback((box: Box) => {
    const rect = frame.current?.getBoundingClientRect();
    if (!rect || rect.width === 0) return;
    setView((view) => view && withInSight(view, box, rect));
  }, []);
  const change = (next: (view: View | null) => View | null) => {
    isChosen.current = true;
    setView(next);
  };
  const zoomBy = (factor: number) =>
    change((view) => view && { ...zoomed(view, factor, { x: width / 2, y: height / 2 }), isMoving: true });
  const fit = () => change(() => ({ ...whole(layout, size), isMoving: true }));
  return { ref, size, view: given, bring, zoomBy, fit, pointers: usePointers(frame, change) };
}

/** The handlers of a frame that is dragged: what was dragged was not clicked. */
function usePointers(
  frame: { readonly current: HTMLDivElement | null },
  setView: (change: (view: View | null) => View | null) => void,
) {
  const held = useRef(new Map<number, Point>());
  const began = useRef<Point | null>(null);
  const wasDragged = useRef(false);
  const release = ({ pointerId }: PointerEvent) => {
    held.current.delete(pointerId);
    began.current = null;
  };
  return {
    onPointerDown(event: PointerEvent) {
      if (event.button !== 0) return;
      const place = placeIn(frame.current, event);
      if (held.current.size === 0) {
        wasDragged.current = false;
        began.current = place;
      }
      held.current.set(event.pointerId, place);
    },
    onPointerMove(event: PointerEvent<HTMLDivElement>) {
      const before = held.current.get(event.pointerId);
      if (!before) return;
      const now = placeIn(frame.current, event);
      if (!wasDragged.current && began.current && distance(began.current, now) < STILL) return;
      if (!wasDragged.current) event.currentTarget.setPointerCapture(event.pointerId);
      wasDragged.current = true;
      held.current.set(event.pointerId, now);
      const other = [...held.current].find(([id]) => id !== event.pointerId)?.[1];
      setView((view) => view && (other ? pinched(view, before, now, other) : dragged(view, before, now)));
    },
    onPointerUp: release,
    onPointerCancel: release,
    onClickCapture(event: MouseEvent) {
      // A key's click counts no presses.
      if (wasDragged.current && event.detail > 0) event.stopPropagation();
      wasDragged.current = false;
    },
  };
}

function beginning(layout: Layout, { width, height }: Size): View {
  const wide = Math.max(SMALLEST.wide, (width - 2 * MARGIN) / layout.width);
  const high = Math.max(SMALLEST.high, (height - 2 * MARGIN) / layout.height);
  const zoom = Math.min(1, wide, high);
  return { x: (width - layout.width * zoom) / 2, y: 0, zoom, isMoving: false };
}

function isSame(one: View, other: View): boolean {
  return one.x === other.x && one.y === other.y && one.zoom === other.zoom;
}

function whole(layout: Layout, { width, height }: Size): Omit<View, 'isMoving'> {
  const zoom = Math.min(1, (width - 2 * MARGIN) / layout.width, (height - 2 * MARGIN) / layout.height);
  const kept = Math.max(zoom, ZOOM.least);
  return { x: (width - layout.width * kept) / 2, y: (height - layout.height * kept) / 2, zoom: kept };
}

/** The view as it is when the box is seen; else with it in the middle, a high one with its head. */
function withInSight(view: View, box: Box, { width, height }: Size): View {
  const { x, y, zoom } = view;
  const [left, top] = [box.x * zoom + x, box.y * zoom + y];
  const shownHeight = Math.min(box.height * zoom, height / 2);
  const isInSight = left >= 0 && top >= 0 && left + box.width * zoom <= width && top + shownHeight <= height;
  if (isInSight) return view;
  return {
    x: (width - box.width * zoom) / 2 - box.x * zoom,
    y: (height - shownHeight) / 2 - box.y * zoom,
    zoom,
    isMoving: true,
  };
}

function dragged(view: View, before: Point, now: Point): View {
  return { ...view, x: view.x + now.x - before.x, y: view.y + now.y - before.y, isMoving: false };
}

/** What is between the fingers stays between them. */
function pinched(view: View, before: Point, now: Point, other: Point): View {
  const [from, to] = [middle(before, other), middle(now, other)];
  return zoomed(dragged(view, from, to), distance(now, other) / (distance(before, other) || 1), to);
}

/** What is at the place stays there. */
function zoomed(view: View, factor: number, { x, y }: Point): View {
  const zoom = Math.min(ZOOM.most, Math.max(ZOOM.least, view.zoom * factor));
  const share = zoom / view.zoom;
  return { x: x - (x - view.x) * share, y: y - (y - view.y) * share, zoom, isMoving: false };
}

function placeIn(frame: HTMLElement | null, { clientX, clientY }: { clientX: number; clientY: number }): Point {
  const rect = frame?.getBoundingClientRect();
  return { x: clientX - (rect?.left ?? 0), y: clientY - (rect?.top ?? 0) };
}

function middle(one: Point, other: Point): Point {
  return { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 };
}

function distance(one: Point, other: Point): number {
  return Math.hypot(one.x - other.x, one.y - other.y);
}
