/**
 * Writes ui/src/lib/country-places.json: where a map puts each country's circle, as [longitude, latitude] in degrees, by
 * ISO 3166-1 alpha-2 code. The middle of a country's largest piece of land, from Natural Earth's 1:50 million map
 * (world-atlas). Run it again when that map changes: `node scripts/country-places.ts`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { geoArea, geoCentroid } from "d3-geo";
import type { Feature, FeatureCollection, MultiPolygon, Polygon } from "geojson";
import countries from "i18n-iso-countries";
import { feature } from "topojson-client";
import type { Topology } from "topojson-specification";

const atlas = createRequire(import.meta.url).resolve("world-atlas/countries-50m.json");
const topology = JSON.parse(readFileSync(atlas, "utf8")) as Topology;
const map = feature(topology, topology.objects["countries"] as never) as unknown as FeatureCollection<
  Polygon | MultiPolygon
>;

function middleOf({ geometry }: Feature<Polygon | MultiPolygon>): [number, number] {
  const pieces = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  const areas = pieces.map((coordinates) => ({ type: "Polygon", coordinates }) as Polygon);
  const largest = areas.reduce((a, b) => (geoArea(b) > geoArea(a) ? b : a));
  return geoCentroid(largest).map((degrees) => Math.round(degrees * 10) / 10) as [number, number];
}

const places = map.features.flatMap((country) => {
  const code = country.id === undefined ? undefined : countries.numericToAlpha2(String(country.id));
  return code === undefined ? [] : [[code, middleOf(country)] as const];
});
const sorted = Object.fromEntries(places.toSorted(([a], [b]) => (a < b ? -1 : 1)));
const lines = Object.entries(sorted).map(
  ([code, place]) => `  ${JSON.stringify(code)}: [${place.join(", ")}]`,
);
writeFileSync(new URL("../ui/src/lib/country-places.json", import.meta.url), `{\n${lines.join(",\n")}\n}\n`);
