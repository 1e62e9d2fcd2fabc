import { type RefObject, useLayoutEffect, useState } from 'react';

/** A table below it has no room for columns side by side. */
export const NARROW_PX = 640;

/** Width of an element in pixels, also when something beside it opens. Infinite before it is drawn. */
export function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(Number.POSITIVE_INFINITY);
  useLayoutEffect(() => {
    const { current } = element;
    if (!current) return;
    setWidth(current.clientWidth);
    const observer = new ResizeObserver(() => setWidth(current.clientWidth));
    observer.observe(current);
    return () => observer.disconnect();
  }, [element]);
  return width;
}
