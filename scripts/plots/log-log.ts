/** A line plot with logarithmic axes as SVG: readable on white and on dark pages, and as text in a difference. */

export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Plot {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly series: readonly Series[];
}

const width = 760;
const height = 460;
const margin = { left: 84, right: 210, top: 44, bottom: 56 };
/** Okabe and Ito's colours, which people with colour blindness tell apart. */
const colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"];

/** The plot as an SVG document; decades become grid lines. */
export function drawLogLog({ title, x, y, series }: Plot): string {
  const all = series.flatMap(({ points }) => points);
  const across = scale(
    all.map(([value]) => value),
    [margin.left, width - margin.right],
  );
  const up = scale(
    all.map(([, value]) => value),
    [height - margin.bottom, margin.top],
  );
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" role="img">`,
    `<title>${title}</title>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    label(margin.left, 24, title, 'font-size="15" font-weight="600"'),
    ...across.decades.map((value) => column(across.at(value), value)),
    ...up.decades.map((value) => line(up.at(value), value)),
    label((margin.left + width - margin.right) / 2, height - 14, x, 'text-anchor="middle"'),
    `<text transform="translate(18 ${(margin.top + height - margin.bottom) / 2}) rotate(-90)" text-anchor="middle" fill="#333">${y}</text>`,
    ...series.map((one, at) => drawn(one, colours[at % colours.length] ?? "#000", across.at, up.at)),
    ...legend(series, up.at),
    "</svg>",
  ];
  return `${parts.join("\n")}\n`;
}

function scale(values: readonly number[], [from, to]: readonly [number, number]) {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
  return {
    at: (value: number) => round(from + ((Math.log10(value) - low) / (high - low)) * (to - from)),
    decades: Array.from({ length: high - low + 1 }, (_, step) => 10 ** (low + step)),
  };
}

const column = (at: number, value: number) =>
  `<line x1="${at}" x2="${at}" y1="${margin.top}" y2="${height - margin.bottom}" stroke="#ddd"/>` +
  label(at, height - margin.bottom + 18, named(value), 'text-anchor="middle"');

const line = (at: number, value: number) =>
  `<line x1="${margin.left}" x2="${width - margin.right}" y1="${at}" y2="${at}" stroke="#ddd"/>` +
  label(margin.left - 8, at + 4, named(value), 'text-anchor="end"');

function drawn(
  { points }: Series,
  colour: string,
  across: (value: number) => number,
  up: (value: number) => number,
): string {
  const places = points.map(([x, y]) => [across(x), up(y)] as const);
  const path = places.map(([x, y]) => `${x},${y}`).join(" ");
  const dots = places.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="3.5" fill="${colour}"/>`).join("");
  return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>${dots}`;
}

/** Each name beside the end of its line, pushed apart where ends are close. */
function legend(series: readonly Series[], up: (value: number) => number): string[] {
  const ends = series
    .map(({ name, points }, at) => ({ name, at, y: up(points.at(-1)?.[1] ?? 1) }))
    .toSorted((a, b) => a.y - b.y);
  let last = margin.top - 16;
  return ends.map(({ name, at, y }) => {
    last = Math.max(y + 4, last + 16);
    const colour = colours[at % colours.length] ?? "#000";
    return `<text x="${width - margin.right + 10}" y="${last}" fill="${colour}">${name}</text>`;
  });
}

const label = (x: number, y: number, text: string, attributes: string) =>
  `<text x="${x}" y="${y}" fill="#333" ${attributes}>${text}</text>`;

const round = (value: number) => Math.round(value * 10) / 10;

const named = (value: number) =>
  value >= 1e6 ? `${value / 1e6} M` : value >= 1000 ? `${value / 1000} k` : String(value);
