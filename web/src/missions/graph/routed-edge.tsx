'use client';
import { BaseEdge, getBezierPath, type Edge, type EdgeProps } from '@xyflow/react';
import type { Point } from './layout';

export type RoutedEdgeType = Edge<{ readonly route: readonly Point[] | undefined }, 'routed'>;

const RADIUS = 10;

/** A line through corners, each rounded as far as its neighbours leave room. */
function pathOf(points: readonly Point[]): string {
  return points.reduce((path, point, at) => {
    const before = points[at - 1];
    const after = points[at + 1];
    if (!before) return `M${point.x} ${point.y}`;
    if (!after) return `${path}L${point.x} ${point.y}`;
    const into = towards(point, before);
    const out = towards(point, after);
    return `${path}L${into.x} ${into.y}Q${point.x} ${point.y} ${out.x} ${out.y}`;
  }, '');
}

function towards(corner: Point, end: Point): Point {
  const length = Math.hypot(end.x - corner.x, end.y - corner.y) || 1;
  const part = Math.min(RADIUS, length / 2) / length;
  return { x: corner.x + (end.x - corner.x) * part, y: corner.y + (end.y - corner.y) * part };
}

/** An arrow along the way that the layout found for it. */
export function RoutedEdge({ data, style, markerEnd, id, ...ends }: EdgeProps<RoutedEdgeType>) {
  const path = data?.route ? pathOf(data.route) : getBezierPath(ends)[0];
  return (
    <BaseEdge
      id={id}
      path={path}
      interactionWidth={16}
      {...(style && { style })}
      {...(markerEnd && { markerEnd })}
    />
  );
}
