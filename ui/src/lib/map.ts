/**
 * The world as an outline of its land, and where a country's circle goes. Loaded when a map is first shown. Land without
 * borders: some are disputed, and on a map of surfaces small states could not be seen.
 */
import { geoNaturalEarth1, geoPath } from "d3-geo";
import { feature } from "topojson-client";
import land from "world-atlas/land-110m.json";
import places from "./country-places.json";

/** Of the drawing, in its own units. */
export const WIDTH = 960;
export const HEIGHT = 470;

const projection = geoNaturalEarth1().fitSize([WIDTH, HEIGHT], { type: "Sphere" });

type Topology = Parameters<typeof feature>[0];
const topology = land as unknown as Topology;

/** An SVG path of all land. */
export const landPath =
  geoPath(projection).digits(1)(
    feature(topology, topology.objects["land"] as Parameters<typeof feature>[1]),
  ) ?? "";

/** Where the country lies on the drawing; undefined for a code that is no country's. */
export function placeOf(country: string): { x: number; y: number } | undefined {
  const place = (places as unknown as Record<string, [number, number]>)[country];
  const projected = place && projection(place);
  return projected ? { x: projected[0], y: projected[1] } : undefined;
}
