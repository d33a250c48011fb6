/**
 * Profiles: other defaults, under whatever the file itself says. `fast` lets a demonstration or a test see in seconds what
 * takes days in real work. It changes waiting times only, never what is checked.
 */
export const profiles = {
  fast: {
    jobs: { retryFirst: "200ms", retryMost: "2s" },
    federation: {
      intervals: {
        hello: "2s",
        freshnessTurn: "1s",
        dialFirst: "200ms",
        dialMost: "2s",
        dialPatience: "1s",
        retryFirst: "500ms",
        retryMost: "3s",
      },
      mailbox: { after: "10s", rest: "2s", look: "1s" },
      material: { retryFirst: "200ms", retryMost: "2s", progressInterval: "200ms" },
    },
    casework: { progressInterval: "200ms", retraceAfter: "1s" },
    takedown: {
      groupingWindow: "2s",
      recheckInterval: "2s",
      missInterval: "1s",
      repeatAfter: "30s",
      afterInterval: "10s",
      holds: { lookInterval: "2s" },
      rechecks: { hostInterval: "100ms" },
    },
  },
} as const;
