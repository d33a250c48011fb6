/** The arrows of the house: they point down only. See docs/developer.md. */
const floors = [
  "configuration",
  "telemetry",
  "store",
  "vault",
  "ledger",
  "commit",
  "jobs",
  "accounts",
  "decode",
  "capture",
  "federation",
  "jurisdiction",
  "casework",
  "export",
  "takedown",
  "intake",
  "desks",
  "api",
  "late-ledger.ts",
  "opening.ts",
  "main.ts",
  "demo",
  "cli",
];

/** In node/, a floor imports those above it in the list, never those below. */
const floorRules = floors.slice(0, -1).map((floor, index) => ({
  name: `floor-${floor}`,
  severity: "error",
  from: { path: `^node/${floor}` },
  to: {
    path: `^node/(${floors
      .slice(index + 1)
      .join("|")
      .replaceAll(".", "\\.")})`,
  },
}));

module.exports = {
  forbidden: [
    // A component that draws a tree holds itself; that is no circle of two files.
    {
      name: "no-circles",
      severity: "error",
      from: { path: "^(.+)$" },
      to: { circular: true, pathNot: "^$1$" },
    },
    {
      name: "protocol-stands-alone",
      severity: "error",
      from: { path: "^protocol/" },
      to: { path: "^(hashing|node|ui|simulations|tests)/" },
    },
    {
      name: "hashing-stands-alone",
      severity: "error",
      from: { path: "^hashing/" },
      to: { path: "^(protocol|node|ui|simulations|tests)/" },
    },
    {
      name: "node-below-the-rest",
      severity: "error",
      from: { path: "^node/" },
      to: { path: "^(ui|simulations|tests)/" },
    },
    {
      name: "interface-speaks-http-only",
      severity: "error",
      from: { path: "^ui/" },
      to: { path: "^(protocol|hashing|node|simulations|tests)/" },
    },
    {
      name: "one-door-a-room",
      severity: "error",
      from: { path: "^(protocol|hashing|node)/([^/]+)/" },
      to: {
        path: "^(protocol|hashing|node)/[^/]+/.+",
        pathNot: [
          "^$1/$2/",
          "/index\\.ts$",
          "^node/desks/[^/]+/index\\.ts$",
          "^node/configuration/settings/",
        ],
      },
    },
    {
      name: "nothing-unresolved",
      severity: "error",
      from: {},
      to: { couldNotResolve: true, pathNot: "^virtual:" },
    },
    ...floorRules,
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)(dist|node_modules)/|^hashing/kernels/assembly/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      extensions: [".ts", ".js", ".svelte"],
      exportsFields: ["exports"],
      conditionNames: ["import", "svelte", "default"],
    },
  },
};
