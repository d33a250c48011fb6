/** Made from the views.ts of casework, takedown and export by `npm run api-types`; do not edit. */
export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    AcquisitionView: {
      item: string;
      tool: string;
      /** @description Milliseconds since 1970, UTC. */
      at: number;
      requests: {
        url: string;
        /** @description Milliseconds since 1970, UTC. */
        at: number;
        status?: number;
        address?: string;
        tls?: {
          protocol: string;
          cipher: string;
          trusted?: boolean;
          chain: {
            sha256: string;
            subject: string;
            issuer: string;
            /** @description Milliseconds since 1970, UTC. */
            validFrom: number;
            /** @description Milliseconds since 1970, UTC. */
            validTo: number;
          }[];
        };
        archive?: string;
        record?: string;
      }[];
      received: {
        bytes: number;
        sha256: string;
        sha512: string;
      };
    };
    ActionView: {
      /** @enum {string} */
      kind: "reported-to-lea" | "reported-to-isp" | "removed" | "unavailable" | "not-illegal" | "moved";
      by: {
        id: string;
        name: string;
        country: string;
        kind: string;
      };
      at: number;
      detail?: string;
    };
    AdvertView: {
      record: string;
      member: {
        id: string;
        name: string;
        country: string;
        kind: string;
      };
      /** @enum {string} */
      verdict: "baseline" | "national" | "not-illegal";
      facts: {
        /**
         * @default not-categorised
         * @enum {string}
         */
        age: "not-categorised" | "infant" | "pre-pubescent" | "pubescent";
        /**
         * @default not-determined
         * @enum {string}
         */
        gender: "not-determined" | "female" | "male" | "both";
        /** @default [] */
        flags: ("virtual" | "user-generated" | "child-modelling")[];
        /** @enum {string} */
        reason?:
          | "other"
          | "content-not-found"
          | "referrer-missing"
          | "unable-to-access"
          | "password-protected"
          | "adult"
          | "not-sexualised"
          | "below-threshold"
          | "image-too-small"
          | "virtual"
          | "age-unclear"
          | "age-over-national-threshold";
      } & {
        [key: string]: unknown;
      };
      /** @enum {string} */
      basis: "seen" | "derived";
      from?: {
        id: string;
        name: string;
        country: string;
        kind: string;
      };
      /** @enum {string} */
      audience: "members" | "hotlines-and-police" | "police-and-interpol";
      held: boolean;
      at: number;
      withdrawn?: number;
      holders?: {
        member: {
          id: string;
          name: string;
          country: string;
          kind: string;
        };
        applied: boolean;
        lastContact?: number;
      }[];
      disputes: {
        id: string;
        member: {
          id: string;
          name: string;
          country: string;
          kind: string;
        };
        /** @enum {string} */
        verdict: "baseline" | "national" | "not-illegal";
        reason: string;
        at: number;
      }[];
      against: {
        id: string;
        name: string;
        country: string;
        kind: string;
      }[];
    };
    AdvertisedFileView: {
      sha256: string;
      distance?: number;
      effect: {
        /** @enum {string} */
        kind: "known" | "hint" | "none";
        sentence: string;
      };
      adverts: {
        record: string;
        member: {
          id: string;
          name: string;
          country: string;
          kind: string;
        };
        /** @enum {string} */
        verdict: "baseline" | "national" | "not-illegal";
        facts: {
          /**
           * @default not-categorised
           * @enum {string}
           */
          age: "not-categorised" | "infant" | "pre-pubescent" | "pubescent";
          /**
           * @default not-determined
           * @enum {string}
           */
          gender: "not-determined" | "female" | "male" | "both";
          /** @default [] */
          flags: ("virtual" | "user-generated" | "child-modelling")[];
          /** @enum {string} */
          reason?:
            | "other"
            | "content-not-found"
            | "referrer-missing"
            | "unable-to-access"
            | "password-protected"
            | "adult"
            | "not-sexualised"
            | "below-threshold"
            | "image-too-small"
            | "virtual"
            | "age-unclear"
            | "age-over-national-threshold";
        } & {
          [key: string]: unknown;
        };
        /** @enum {string} */
        basis: "seen" | "derived";
        from?: {
          id: string;
          name: string;
          country: string;
          kind: string;
        };
        /** @enum {string} */
        audience: "members" | "hotlines-and-police" | "police-and-interpol";
        held: boolean;
        at: number;
        withdrawn?: number;
        holders?: {
          member: {
            id: string;
            name: string;
            country: string;
            kind: string;
          };
          applied: boolean;
          lastContact?: number;
        }[];
        disputes: {
          id: string;
          member: {
            id: string;
            name: string;
            country: string;
            kind: string;
          };
          /** @enum {string} */
          verdict: "baseline" | "national" | "not-illegal";
          reason: string;
          at: number;
        }[];
        against: {
          id: string;
          name: string;
          country: string;
          kind: string;
        }[];
      }[];
      items: {
        item: string;
        report: string;
        reference: string;
      }[];
    };
    AdvertsView: {
      files: {
        sha256: string;
        distance?: number;
        effect: {
          /** @enum {string} */
          kind: "known" | "hint" | "none";
          sentence: string;
        };
        adverts: {
          record: string;
          member: {
            id: string;
            name: string;
            country: string;
            kind: string;
          };
          /** @enum {string} */
          verdict: "baseline" | "national" | "not-illegal";
          facts: {
            /**
             * @default not-categorised
             * @enum {string}
             */
            age: "not-categorised" | "infant" | "pre-pubescent" | "pubescent";
            /**
             * @default not-determined
             * @enum {string}
             */
            gender: "not-determined" | "female" | "male" | "both";
            /** @default [] */
            flags: ("virtual" | "user-generated" | "child-modelling")[];
            /** @enum {string} */
            reason?:
              | "other"
              | "content-not-found"
              | "referrer-missing"
              | "unable-to-access"
              | "password-protected"
              | "adult"
              | "not-sexualised"
              | "below-threshold"
              | "image-too-small"
              | "virtual"
              | "age-unclear"
              | "age-over-national-threshold";
          } & {
            [key: string]: unknown;
          };
          /** @enum {string} */
          basis: "seen" | "derived";
          from?: {
            id: string;
            name: string;
            country: string;
            kind: string;
          };
          /** @enum {string} */
          audience: "members" | "hotlines-and-police" | "police-and-interpol";
          held: boolean;
          at: number;
          withdrawn?: number;
          holders?: {
            member: {
              id: string;
              name: string;
              country: string;
              kind: string;
            };
            applied: boolean;
            lastContact?: number;
          }[];
          disputes: {
            id: string;
            member: {
              id: string;
              name: string;
              country: string;
              kind: string;
            };
            /** @enum {string} */
            verdict: "baseline" | "national" | "not-illegal";
            reason: string;
            at: number;
          }[];
          against: {
            id: string;
            name: string;
            country: string;
            kind: string;
          }[];
        }[];
        items: {
          item: string;
          report: string;
          reference: string;
        }[];
      }[];
      askable: boolean;
    };
    ArchiveView: {
      name: string;
      bytes: number;
      sha256: string;
      records: number;
      /** @description Milliseconds since 1970, UTC. */
      from: number;
      /** @description Milliseconds since 1970, UTC. */
      to: number;
    };
    AssessmentView: {
      id: string;
      author: {
        id: string;
        name: string;
        country: string;
        kind: string;
      };
      pseudonym: string;
      /** @enum {string} */
      verdict: "baseline" | "national" | "not-illegal";
      facts: {
        /**
         * @default not-categorised
         * @enum {string}
         */
        age: "not-categorised" | "infant" | "pre-pubescent" | "pubescent";
        /**
         * @default not-determined
         * @enum {string}
         */
        gender: "not-determined" | "female" | "male" | "both";
        /** @default [] */
        flags: ("virtual" | "user-generated" | "child-modelling")[];
        /** @enum {string} */
        reason?:
          | "other"
          | "content-not-found"
          | "referrer-missing"
          | "unable-to-access"
          | "password-protected"
          | "adult"
          | "not-sexualised"
          | "below-threshold"
          | "image-too-small"
          | "virtual"
          | "age-unclear"
          | "age-over-national-threshold";
      } & {
        [key: string]: unknown;
      };
      /** @enum {string} */
      basis: "seen" | "derived";
      at: number;
    };
    CameraView: {
      item: string;
      /** @enum {string} */
      state: "none" | "unreadable" | "found";
      camera?: {
        make?: string;
        model?: string;
        serial?: string;
        lens?: string;
        lensSerial?: string;
        owner?: string;
        software?: string;
        imageId?: string;
        taken?: string;
        digitized?: string;
        modified?: string;
        position?: {
          latitude: number;
          longitude: number;
          altitude?: number;
        };
      };
    };
    CaptureView: {
      /** @enum {string} */
      state: "none" | "running" | "paused" | "ended";
      started?: number;
      pages: {
        done: number;
        found: number;
        most: number;
      };
      items: {
        done: number;
        found: number;
        most: number;
      };
      bytes: {
        used: number;
        most: number;
      };
      time: {
        used: number;
        most: number;
      };
      note?: string;
    };
    ClockStatisticView: {
      clock: {
        id: string;
        name: string;
        sentence: string;
        pausesWhileHeld: boolean;
      };
      /** @enum {string} */
      by: "all" | "country" | "provider" | "hotline";
      from: number;
      until: number;
      figures: {
        group: string;
        stopped: number;
        running: number;
        median?: number;
        percentile90?: number;
        within24h?: number;
        within72h?: number;
        within7d?: number;
      }[];
    };
    ClockView: {
      id: string;
      name: string;
      sentence: string;
      pausesWhileHeld: boolean;
    };
    ContributionView: {
      sha256: string;
      /** @enum {string} */
      verdict: "baseline" | "national" | "not-illegal";
      mime: string;
      bytes: number;
      contributors: {
        member: {
          id: string;
          name: string;
          country: string;
          kind: string;
        };
        report: string;
        reference: string;
        item: string;
        at: number;
        held: boolean;
      }[];
      countries: string[];
      /** @enum {string} */
      state: "offered" | "requested" | "granted" | "transferring" | "verified" | "refused";
      transfer?: {
        /** @enum {string} */
        state: "checking" | "arriving" | "verifying" | "waiting" | "paused";
        received: number;
        total: number;
        perSecond: number;
        code?: string;
        until?: number;
      };
      expires?: number;
      reason?: string;
      outcome?: string;
      received: number;
    };
    ConversationDetail: {
      id: string;
      matter: {
        report: string;
        reference: string;
        /** @enum {string} */
        where: "report" | "escalation" | "contribution" | "unknown";
        id?: string;
      };
      parties: {
        id: string;
        name: string;
        country: string;
        kind: string;
      }[];
      started: number;
      last: number;
      messages: number;
      unread: number;
      latest: {
        number: number;
        author: {
          id: string;
          name: string;
          country: string;
          kind: string;
        };
        own: boolean;
        mine: boolean;
        pseudonym: string;
        text: string;
        references: {
          /** @enum {string} */
          kind: "item" | "report" | "advert" | "notice" | "material";
          sha256?: string;
          report?: {
            report: string;
            reference: string;
            /** @enum {string} */
            where: "report" | "escalation" | "contribution" | "unknown";
            id?: string;
          };
          author?: {
            id: string;
            name: string;
            country: string;
            kind: string;
          };
          sentAt?: number;
          place?: {
            /** @enum {string} */
            where: "report" | "escalation" | "contribution" | "material" | "advert";
            id: string;
          };
        }[];
        /** @enum {string} */
        marking: "red" | "amber" | "green";
        /** @enum {string} */
        onward: "none" | "same-kind" | "members";
        at: number;
        unread: boolean;
        deliveries: {
          to: {
            id: string;
            name: string;
            country: string;
            kind: string;
          };
          /** @enum {string} */
          state: "waiting" | "accepted" | "duplicate" | "unsupported" | "rejected";
          sentence: string;
        }[];
      };
      messageList: {
        number: number;
        author: {
          id: string;
          name: string;
          country: string;
          kind: string;
        };
        own: boolean;
        mine: boolean;
        pseudonym: string;
        text: string;
        references: {
          /** @enum {string} */
          kind: "item" | "report" | "advert" | "notice" | "material";
          sha256?: string;
          report?: {
            report: string;
            reference: string;
            /** @enum {string} */
            where: "report" | "escalation" | "contribution" | "unknown";
            id?: string;
          };
          author?: {
            id: string;
            name: string;
            country: string;
            kind: string;
          };
          sentAt?: number;
          place?: {
            /** @enum {string} */
            where: "report" | "escalation" | "contribution" | "material" | "advert";
            id: string;
          };
        }[];
        /** @enum {string} */
        marking: "red" | "amber" | "green";
        /** @enum {string} */
        onward: "none" | "same-kind" | "members";
        at: number;
        unread: boolean;
        deliveries: {
          to: {
            id: string;
            name: string;
            country: string;
            kind: string;
          };
          /** @enum {string} */
          state: "waiting" | "accepted" | "duplicate" | "unsupported" | "rejected";
          sentence: string;
        }[];
      }[];
      note?: string;
      length: number;
    };
    ConversationSummary: {
      id: string;
      matter: {
        report: string;
        reference: string;
        /** @enum {string} */
        where: "report" | "escalation" | "contribution" | "unknown";
        id?: string;
      };
      parties: {
        id: string;
        name: string;
        country: string;
        kind: string;
      }[];
      started: number;
      last: number;
      messages: number;
      unread: number;
      latest: {
        number: number;
        author: {
          id: string;
          name: string;
          country: string;
          kind: string;
        };
        own: boolean;
        mine: boolean;
        pseudonym: string;
        text: string;
        references: {
          /** @enum {string} */
          kind: "item" | "report" | "advert" | "notice" | "material";
          sha256?: string;
          report?: {
            report: string;
            reference: string;
            /** @enum {string} */
            where: "report" | "escalation" | "contribution" | "unknown";
            id?: string;
          };
          author?: {
            id: string;
            name: string;
            country: string;
            kind: string;
          };
          sentAt?: number;
          place?: {
            /** @enum {string} */
            where: "report" | "escalation" | "contribution" | "material" | "advert";
            id: string;
          };
        }[];
        /** @enum {string} */
        marking: "red" | "amber" | "green";
        /** @enum {string} */
        onward: "none" | "same-kind" | "members";
        at: number;
        unread: boolean;
        deliveries: {
          to: {
            id: string;
            name: string;
            country: string;
            kind: string;
          };
          /** @enum {string} */
          state: "waiting" | "accepted" | "duplicate" | "unsupported" | "rejected";
          sentence: string;
        }[];
      };
    };
    CustodyView: {
      report: string;
      reference: string;
      checkpoint: {
        origin: string;
        size: number;
        root: string;
        text: string;
      };
      verified: boolean;
      checks: {
        name: string;
        passed: boolean;
        detail: string;
      }[];
      entries: {
        index: number;
        at: number;
        kind: string;
        actor: string;
        sentence: string;
        detail: {
          [key: string]: unknown;
        };
        commitment: string;
        included: boolean;
      }[];
    };
    DraftView: {
      /** @enum {string} */
      type: "root" | "roster" | "freshness";
      version: number;
      expires: number;
      words: string;
      added: number;
      by: string;
      changes: {
        /** @enum {string} */
        kind: "added" | "changed" | "removed";
        /** @enum {string} */
        of:
          | "member"
          | "root-key"
          | "registrar-key"
          | "freshness-key"
          | "root-rule"
          | "registrar-rule"
          | "freshness-rule"
          | "resolution"
          | "suspension";
        id: string;
        name: string;
        facts: {
          /** @enum {string} */
          fact:
            | "name"
            | "country"
            | "kind"
            | "status"
            | "contact"
            | "capabilities"
            | "witnesses"
            | "words"
            | "identity-key"
            | "identity-key-begins"
            | "identity-key-ends"
            | "identity-key-cut-off"
            | "log-key"
            | "witness-key"
            | "until"
            | "threshold"
            | "jurisdictions"
            | "version"
            | "unnamed";
          which?: string;
          before?: string | number;
          after?: string | number;
        }[];
      }[];
      signing: {
        /** @enum {string} */
        role: "root" | "next-root" | "registrars" | "freshness";
        threshold: number;
        jurisdictions: number;
        complete: boolean;
        signers: {
          holder: string;
          jurisdiction: string;
          key: string;
          signed: boolean;
        }[];
      }[];
      complete: boolean;
      refused?: string;
    };
    DraftsView: {
      drafts: {
        /** @enum {string} */
        type: "root" | "roster" | "freshness";
        version: number;
        expires: number;
        words: string;
        added: number;
        by: string;
        changes: {
          /** @enum {string} */
          kind: "added" | "changed" | "removed";
          /** @enum {string} */
          of:
            | "member"
            | "root-key"
            | "registrar-key"
            | "freshness-key"
            | "root-rule"
            | "registrar-rule"
            | "freshness-rule"
            | "resolution"
            | "suspension";
          id: string;
          name: string;
          facts: {
            /** @enum {string} */
            fact:
              | "name"
              | "country"
              | "kind"
              | "status"
              | "contact"
              | "capabilities"
              | "witnesses"
              | "words"
              | "identity-key"
              | "identity-key-begins"
              | "identity-key-ends"
              | "identity-key-cut-off"
              | "log-key"
              | "witness-key"
              | "until"
              | "threshold"
              | "jurisdictions"
              | "version"
              | "unnamed";
            which?: string;
            before?: string | number;
            after?: string | number;
          }[];
        }[];
        signing: {
          /** @enum {string} */
          role: "root" | "next-root" | "registrars" | "freshness";
          threshold: number;
          jurisdictions: number;
          complete: boolean;
          signers: {
            holder: string;
            jurisdiction: string;
            key: string;
            signed: boolean;
          }[];
        }[];
        complete: boolean;
        refused?: string;
      }[];
    };
    EscalationView: {
      id: string;
      reference: string;
      report: string;
      url: string;
      from: {
        id: string;
        name: string;
        country: string;
        kind: string;
      };
      origin?: {
        id: string;
        name: string;
        country: string;
        kind: string;
      };
      /** @enum {string} */
      urgency: "routine" | "person-at-risk";
      items: number;
      country?: string;
      why: string;
      status: string;
      received: number;
      feedback: {
        status: string;
        note?: string;
        at: number;
        pseudonym: string;
      }[];
      itemList: {
        id: string;
        url: string;
        sha256: string;
        /** @enum {string} */
        verdict?: "baseline" | "national" | "not-illegal";
        mime: string;
      }[];
    };
    ExpiryView: {
      /** @enum {string} */
      what:
        | "root"
        | "roster"
        | "freshness"
        | "registrar-key"
        | "freshness-key"
        | "suspension"
        | "identity-key"
        | "card"
        | "sealing-key";
      name: string;
      at: number;
      /** @enum {string} */
      level: "fine" | "soon" | "urgent" | "past";
    };
    FederationView: {
      federation: string;
      rosterVersion: number;
      rosterExpires: number;
      /** @enum {string} */
      freshness: "current" | "stale" | "expired";
      freshUntil: number;
      members: {
        id: string;
        name: string;
        country: string;
        kind: string;
        /** @enum {string} */
        status: "active" | "suspended" | "revoked";
        self: boolean;
        connected: boolean;
        lastContact?: number;
        waiting: number;
        adverts: number;
        note?: string;
      }[];
      mailbox: {
        count: number;
        bytes: number;
        offered: boolean;
        most: {
          count: number;
          bytes: number;
        };
        for: {
          count: number;
          bytes: number;
          member: {
            id: string;
            name: string;
          };
        }[];
      };
      overLimit: {
        member: {
          id: string;
          name: string;
        };
        /** @enum {string} */
        what:
          | "connections"
          | "streams"
          | "bytes"
          | "messages"
          | "unread"
          | "slow"
          | "malformed"
          | "quarantine"
          | "statements"
          | "records";
        /** @enum {string} */
        state: "slowed" | "cut";
        since: number;
        until: number;
        times: number;
      }[];
      limitsMet: {
        [key: string]: {
          slowed: number;
          broken: number;
          cut: number;
        };
      };
      expiries: {
        /** @enum {string} */
        what:
          | "root"
          | "roster"
          | "freshness"
          | "registrar-key"
          | "freshness-key"
          | "suspension"
          | "identity-key"
          | "card"
          | "sealing-key";
        name: string;
        at: number;
        /** @enum {string} */
        level: "fine" | "soon" | "urgent" | "past";
      }[];
    };
    FindingView: {
      /** @enum {string} */
      kind:
        | "two-of-one-version"
        | "two-statements"
        | "feed-fork"
        | "rollback"
        | "mix-and-match"
        | "too-far-ahead"
        | "threshold"
        | "one-jurisdiction"
        | "expired"
        | "other";
      /** @enum {string} */
      file?: "root" | "roster" | "freshness" | "suspension" | "card" | "successor";
      version?: number;
      member?: {
        id: string;
        name: string;
        country: string;
        kind: string;
      };
      at?: number;
      stops: boolean;
    };
    HoldCostView: {
      reports: number;
      watched: number;
      noticedBefore: number;
      looks: number;
      onlineFor: number;
      gone: number;
      moved: number;
    };
    HoldStatisticView: {
      reports: number;
      watched: number;
      noticedBefore: number;
      looks: number;
      onlineFor: number;
      gone: number;
      moved: number;
      holds: number;
      inForce: number;
      ended: {
        "may-notify": number;
        "do-not-notify": number;
        expired: number;
      };
    };
    HoldView: {
      id: string;
      owner: string;
      member?: {
        id: string;
        name: string;
        country: string;
        kind: string;
      };
      reference?: string;
      contact?: string;
      legalBasis: string;
      reason: string;
      reports: {
        id: string;
        reference: string;
      }[];
      urls: string[];
      hosts: string[];
      /** @enum {string} */
      state: "planned" | "finding" | "running" | "ending" | "ended";
      placed: number;
      from: number;
      expires: number;
      daysLeft?: number;
      endsSoon: boolean;
      /** @enum {string} */
      outcome?: "may-notify" | "do-not-notify" | "expired";
      ended?: number;
      cost: {
        reports: number;
        watched: number;
        noticedBefore: number;
        looks: number;
        onlineFor: number;
        gone: number;
        moved: number;
      };
      held: {
        report: string;
        reference: string;
        since: number;
        until?: number;
        noticedBefore?: number;
      }[];
      history: {
        at: number;
        /** @enum {string} */
        what: "placed" | "extended" | "reminded" | "ended";
        expires?: number;
        note?: string;
      }[];
    };
    HoldersView: {
      holders: {
        member: {
          id: string;
          name: string;
          country: string;
          kind: string;
        };
        confirmed: boolean;
      }[];
    };
    HostingView: {
      host: string;
      address?: string;
      country?: string;
      asn?: number;
      provider?: string;
      contacts?: {
        network?: string;
        domain?: string;
        registrar?: string;
        cdn?: string;
        configured?: string;
      };
      cdn?: {
        name: string;
        country?: string;
      };
      countries?: string[];
      /** @enum {string} */
      source: "configured" | "database" | "unknown";
      /** @enum {string} */
      lookup?: "found" | "none" | "failed";
      tracedAt: number;
    };
    ItemView: {
      id: string;
      report: string;
      url: string;
      foundOn: string;
      /** @enum {string} */
      kind: "image" | "video" | "archive";
      name?: string;
      mime: string;
      bytes: number;
      width?: number;
      height?: number;
      duration?: number;
      /** @enum {string} */
      state: "open" | "known" | "classified" | "refused";
      refused?: {
        code: string;
        message: string;
      };
      known?: {
        member: {
          id: string;
          name: string;
          country: string;
          kind: string;
        };
        /** @enum {string} */
        verdict: "baseline" | "national" | "not-illegal";
        sentence: string;
      };
      near?: {
        member: {
          id: string;
          name: string;
          country: string;
          kind: string;
        };
        /** @enum {string} */
        verdict: "baseline" | "national" | "not-illegal";
        distance: number;
      };
      agreed?: {
        /** @enum {string} */
        verdict: "baseline" | "national" | "not-illegal";
        rule: string;
        sentence: string;
      };
      draft?: {
        /** @enum {string} */
        verdict: "baseline" | "national" | "not-illegal";
        facts: {
          /**
           * @default not-categorised
           * @enum {string}
           */
          age: "not-categorised" | "infant" | "pre-pubescent" | "pubescent";
          /**
           * @default not-determined
           * @enum {string}
           */
          gender: "not-determined" | "female" | "male" | "both";
          /** @default [] */
          flags: ("virtual" | "user-generated" | "child-modelling")[];
          /** @enum {string} */
          reason?:
            | "other"
            | "content-not-found"
            | "referrer-missing"
            | "unable-to-access"
            | "password-protected"
            | "adult"
            | "not-sexualised"
            | "below-threshold"
            | "image-too-small"
            | "virtual"
            | "age-unclear"
            | "age-over-national-threshold";
        } & {
          [key: string]: unknown;
        };
      };
      assessments: {
        id: string;
        author: {
          id: string;
          name: string;
          country: string;
          kind: string;
        };
        pseudonym: string;
        /** @enum {string} */
        verdict: "baseline" | "national" | "not-illegal";
        facts: {
          /**
           * @default not-categorised
           * @enum {string}
           */
          age: "not-categorised" | "infant" | "pre-pubescent" | "pubescent";
          /**
           * @default not-determined
           * @enum {string}
           */
          gender: "not-determined" | "female" | "male" | "both";
          /** @default [] */
          flags: ("virtual" | "user-generated" | "child-modelling")[];
          /** @enum {string} */
          reason?:
            | "other"
            | "content-not-found"
            | "referrer-missing"
            | "unable-to-access"
            | "password-protected"
            | "adult"
            | "not-sexualised"
            | "below-threshold"
            | "image-too-small"
            | "virtual"
            | "age-unclear"
            | "age-over-national-threshold";
        } & {
          [key: string]: unknown;
        };
        /** @enum {string} */
        basis: "seen" | "derived";
        at: number;
      }[];
      actions: {
        /** @enum {string} */
        kind: "reported-to-lea" | "reported-to-isp" | "removed" | "unavailable" | "not-illegal" | "moved";
        by: {
          id: string;
          name: string;
          country: string;
          kind: string;
        };
        at: number;
        detail?: string;
      }[];
      /** @enum {string} */
      online: "unknown" | "online" | "missing" | "offline";
      held: boolean;
      sha256: string;
    };
    KeptTraceView: {
      hosting: {
        host: string;
        address?: string;
        country?: string;
        asn?: number;
        provider?: string;
        contacts?: {
          network?: string;
          domain?: string;
          registrar?: string;
          cdn?: string;
          configured?: string;
        };
        cdn?: {
          name: string;
          country?: string;
        };
        countries?: string[];
        /** @enum {string} */
        source: "configured" | "database" | "unknown";
        /** @enum {string} */
        lookup?: "found" | "none" | "failed";
        tracedAt: number;
      };
      trace: {
        host: string;
        tracedAt: number;
        addresses:
          | {
              /** @constant */
              result: "found";
              value: string[];
            }
          | {
              /** @constant */
              result: "none";
            }
          | {
              /** @constant */
              result: "failed";
              why: string;
              retryAfter?: number;
            };
        aliases:
          | {
              /** @constant */
              result: "found";
              value: string[];
            }
          | {
              /** @constant */
              result: "none";
            }
          | {
              /** @constant */
              result: "failed";
              why: string;
              retryAfter?: number;
            };
        places: {
          address: string;
          country:
            | {
                /** @constant */
                result: "found";
                value: string;
              }
            | {
                /** @constant */
                result: "none";
              }
            | {
                /** @constant */
                result: "failed";
                why: string;
                retryAfter?: number;
              };
          network:
            | {
                /** @constant */
                result: "found";
                value: {
                  asn: number;
                  name: string;
                };
              }
            | {
                /** @constant */
                result: "none";
              }
            | {
                /** @constant */
                result: "failed";
                why: string;
                retryAfter?: number;
              };
        }[];
        cdn?: {
          name: string;
          country?: string;
          abuse?: string;
          /** @enum {string} */
          by: "alias" | "range" | "asn";
        };
        network:
          | {
              /** @constant */
              result: "found";
              value: {
                handle?: string;
                name?: string;
                country?: string;
                range?: {
                  first: string;
                  last: string;
                };
                abuse: string[];
                source: string;
                at: number;
              };
            }
          | {
              /** @constant */
              result: "none";
            }
          | {
              /** @constant */
              result: "failed";
              why: string;
              retryAfter?: number;
            };
        domain:
          | {
              /** @constant */
              result: "found";
              value: {
                name: string;
                registrar?: string;
                registrantCountry?: string;
                registered?: number;
                abuse: string[];
                source: string;
                at: number;
              };
            }
          | {
              /** @constant */
              result: "none";
            }
          | {
              /** @constant */
              result: "failed";
              why: string;
              retryAfter?: number;
            };
      };
      first: number;
      last: number;
    };
    MaterialRequestView: {
      id: string;
      from: {
        id: string;
        name: string;
        country: string;
        kind: string;
      };
      report: string;
      reference: string;
      item: string;
      purpose: string;
      legalBasis: string;
      received: number;
      /** @enum {string} */
      state: "waiting" | "granted" | "refused" | "delivered" | "expired" | "withdrawn" | "cancelled";
      approvals: {
        name: string;
        at: number;
      }[];
      needed: number;
      blocked?: string;
      reason?: string;
      expires?: number;
      transfer?: {
        received: number;
        total: number;
        perSecond: number;
        at?: number;
      };
    };
    MatterView: {
      report: string;
      reference: string;
      /** @enum {string} */
      where: "report" | "escalation" | "contribution" | "unknown";
      id?: string;
    };
    MemberLabel: {
      id: string;
      name: string;
      country: string;
      kind: string;
    };
    MemberView: {
      id: string;
      name: string;
      country: string;
      kind: string;
      /** @enum {string} */
      status: "active" | "suspended" | "revoked";
      self: boolean;
      connected: boolean;
      lastContact?: number;
      waiting: number;
      adverts: number;
      note?: string;
    };
    MembershipView: {
      federation: string;
      root: {
        version: number;
        expires: number;
      };
      roster?: {
        version: number;
        expires: number;
      };
      members: {
        id: string;
        name: string;
        country: string;
        kind: string;
        /** @enum {string} */
        status: "active" | "suspended" | "revoked";
        contact: string;
        capabilities: string[];
      }[];
      expiries: {
        /** @enum {string} */
        what:
          | "root"
          | "roster"
          | "freshness"
          | "registrar-key"
          | "freshness-key"
          | "suspension"
          | "identity-key"
          | "card"
          | "sealing-key";
        name: string;
        at: number;
        /** @enum {string} */
        level: "fine" | "soon" | "urgent" | "past";
      }[];
      findings: {
        /** @enum {string} */
        kind:
          | "two-of-one-version"
          | "two-statements"
          | "feed-fork"
          | "rollback"
          | "mix-and-match"
          | "too-far-ahead"
          | "threshold"
          | "one-jurisdiction"
          | "expired"
          | "other";
        /** @enum {string} */
        file?: "root" | "roster" | "freshness" | "suspension" | "card" | "successor";
        version?: number;
        member?: {
          id: string;
          name: string;
          country: string;
          kind: string;
        };
        at?: number;
        stops: boolean;
      }[];
      holders: {
        id: string;
        name: string;
        country: string;
        kind: string;
      }[];
      holding: boolean;
      disagreements: {
        member: {
          id: string;
          name: string;
          country: string;
          kind: string;
        };
        /** @enum {string} */
        refusedBy: "us" | "them";
        code: string;
        at: number;
      }[];
      suspensions: {
        id: string;
        members: {
          id: string;
          name: string;
          country: string;
          kind: string;
        }[];
        reason: string;
        expires: number;
      }[];
      proposals: {
        id: string;
        from: {
          id: string;
          name: string;
          country: string;
          kind: string;
        };
        at: number;
        expires: number;
        members: {
          id: string;
          name: string;
          country: string;
          kind: string;
        }[];
        lifts: string[];
        reason: string;
        signedBy: {
          id: string;
          name: string;
          country: string;
          kind: string;
        }[];
        signedHere: boolean;
        approvals: {
          name: string;
          at: number;
        }[];
        needed: number;
        blocked?: string;
      }[];
    };
    MessageReferenceView: {
      /** @enum {string} */
      kind: "item" | "report" | "advert" | "notice" | "material";
      sha256?: string;
      report?: {
        report: string;
        reference: string;
        /** @enum {string} */
        where: "report" | "escalation" | "contribution" | "unknown";
        id?: string;
      };
      author?: {
        id: string;
        name: string;
        country: string;
        kind: string;
      };
      sentAt?: number;
      place?: {
        /** @enum {string} */
        where: "report" | "escalation" | "contribution" | "material" | "advert";
        id: string;
      };
    };
    MessageView: {
      number: number;
      author: {
        id: string;
        name: string;
        country: string;
        kind: string;
      };
      own: boolean;
      mine: boolean;
      pseudonym: string;
      text: string;
      references: {
        /** @enum {string} */
        kind: "item" | "report" | "advert" | "notice" | "material";
        sha256?: string;
        report?: {
          report: string;
          reference: string;
          /** @enum {string} */
          where: "report" | "escalation" | "contribution" | "unknown";
          id?: string;
        };
        author?: {
          id: string;
          name: string;
          country: string;
          kind: string;
        };
        sentAt?: number;
        place?: {
          /** @enum {string} */
          where: "report" | "escalation" | "contribution" | "material" | "advert";
          id: string;
        };
      }[];
      /** @enum {string} */
      marking: "red" | "amber" | "green";
      /** @enum {string} */
      onward: "none" | "same-kind" | "members";
      at: number;
      unread: boolean;
      deliveries: {
        to: {
          id: string;
          name: string;
          country: string;
          kind: string;
        };
        /** @enum {string} */
        state: "waiting" | "accepted" | "duplicate" | "unsupported" | "rejected";
        sentence: string;
      }[];
    };
    PlacedHoldView: {
      id: string;
      to: {
        id: string;
        name: string;
        country: string;
        kind: string;
      };
      report?: {
        id: string;
        reference: string;
      };
      reference?: string;
      contact?: string;
      legalBasis: string;
      reason: string;
      urls: string[];
      hosts: string[];
      /** @enum {string} */
      state: "asked" | "in-force" | "ended" | "refused";
      code?: string;
      placed: number;
      from: number;
      expires: number;
      daysLeft?: number;
      endsSoon: boolean;
      /** @enum {string} */
      outcome?: "may-notify" | "do-not-notify" | "expired";
      cost?: {
        watched: number;
        noticedBefore: number;
        looks: number;
        onlineFor: number;
        gone: number;
        moved: number;
        at: number;
      };
      history: {
        at: number;
        event: string;
        urls: string[];
        expires?: number;
      }[];
    };
    PointerView: {
      reference:
        | ({
            /** @constant */
            kind: "item";
            sha256: string;
          } & {
            [key: string]: unknown;
          })
        | ({
            /** @constant */
            kind: "report";
            report: {
              id: string;
              reference: string;
            } & {
              [key: string]: unknown;
            };
          } & {
            [key: string]: unknown;
          })
        | ({
            /** @constant */
            kind: "advert";
            author: string;
            record: string;
            sha256: string;
          } & {
            [key: string]: unknown;
          })
        | ({
            /** @constant */
            kind: "notice";
            by: string;
            report: {
              id: string;
              reference: string;
            } & {
              [key: string]: unknown;
            };
            sentAt: number;
          } & {
            [key: string]: unknown;
          })
        | ({
            /** @constant */
            kind: "material";
            request: string;
            sha256: string;
          } & {
            [key: string]: unknown;
          });
      shown: {
        /** @enum {string} */
        kind: "item" | "report" | "advert" | "notice" | "material";
        sha256?: string;
        report?: {
          report: string;
          reference: string;
          /** @enum {string} */
          where: "report" | "escalation" | "contribution" | "unknown";
          id?: string;
        };
        author?: {
          id: string;
          name: string;
          country: string;
          kind: string;
        };
        sentAt?: number;
        place?: {
          /** @enum {string} */
          where: "report" | "escalation" | "contribution" | "material" | "advert";
          id: string;
        };
      };
    };
    ReportClocksView: {
      clocks: {
        id: string;
        name: string;
        sentence: string;
        pausesWhileHeld: boolean;
        /** @enum {string} */
        state: "not-started" | "running" | "stopped";
        milliseconds: number;
        paused: number;
      }[];
    };
    ReportDetail: {
      id: string;
      reference: string;
      url: string;
      host: string;
      /** @enum {string} */
      state:
        | "capturing"
        | "capture-failed"
        | "to-classify"
        | "classified"
        | "forwarded"
        | "to-notify"
        | "notified"
        | "removed"
        | "closed";
      /** @enum {string} */
      source: "public" | "analyst" | "member";
      origin?: {
        member: {
          id: string;
          name: string;
          country: string;
          kind: string;
        };
        reference: string;
      };
      country?: string;
      received: number;
      place: string;
      items: number;
      open: number;
      known: number;
      refused: number;
      lease?: {
        person: string;
        name: string;
        until: number;
      };
      hosting?: {
        host: string;
        address?: string;
        country?: string;
        asn?: number;
        provider?: string;
        contacts?: {
          network?: string;
          domain?: string;
          registrar?: string;
          cdn?: string;
          configured?: string;
        };
        cdn?: {
          name: string;
          country?: string;
        };
        countries?: string[];
        /** @enum {string} */
        source: "configured" | "database" | "unknown";
        /** @enum {string} */
        lookup?: "found" | "none" | "failed";
        tracedAt: number;
      };
      route?: {
        member?: {
          id: string;
          name: string;
          country: string;
          kind: string;
        };
        sentence: string;
        decision?: {
          /** @enum {string} */
          key:
            | "here"
            | "abroad"
            | "here-subject"
            | "abroad-subject"
            | "orphan-mandate"
            | "police"
            | "police-through-interpol"
            | "nobody"
            | "unknown-country"
            | "lookup-failed"
            | "cdn"
            | "cdn-here"
            | "cdn-nobody";
          /** @enum {string} */
          note?: "disagreement";
          values: {
            [key: string]: string;
          };
        };
      };
      abuseContact?: {
        address: string;
        source: string;
        approved: boolean;
      };
      timestamps: {
        received: number;
        captured?: number;
        assessed?: number;
        forwarded?: number;
        leaTold?: number;
        noticeSent?: number;
        providerAcknowledged?: number;
        firstOffline?: number;
        confirmedOffline?: number;
        backOnline?: number;
        closed?: number;
      };
      moments: {
        what: string;
        at: number;
      }[];
      holds: {
        from: number;
        until?: number;
      }[];
      itemList: {
        id: string;
        report: string;
        url: string;
        foundOn: string;
        /** @enum {string} */
        kind: "image" | "video" | "archive";
        name?: string;
        mime: string;
        bytes: number;
        width?: number;
        height?: number;
        duration?: number;
        /** @enum {string} */
        state: "open" | "known" | "classified" | "refused";
        refused?: {
          code: string;
          message: string;
        };
        known?: {
          member: {
            id: string;
            name: string;
            country: string;
            kind: string;
          };
          /** @enum {string} */
          verdict: "baseline" | "national" | "not-illegal";
          sentence: string;
        };
        near?: {
          member: {
            id: string;
            name: string;
            country: string;
            kind: string;
          };
          /** @enum {string} */
          verdict: "baseline" | "national" | "not-illegal";
          distance: number;
        };
        agreed?: {
          /** @enum {string} */
          verdict: "baseline" | "national" | "not-illegal";
          rule: string;
          sentence: string;
        };
        draft?: {
          /** @enum {string} */
          verdict: "baseline" | "national" | "not-illegal";
          facts: {
            /**
             * @default not-categorised
             * @enum {string}
             */
            age: "not-categorised" | "infant" | "pre-pubescent" | "pubescent";
            /**
             * @default not-determined
             * @enum {string}
             */
            gender: "not-determined" | "female" | "male" | "both";
            /** @default [] */
            flags: ("virtual" | "user-generated" | "child-modelling")[];
            /** @enum {string} */
            reason?:
              | "other"
              | "content-not-found"
              | "referrer-missing"
              | "unable-to-access"
              | "password-protected"
              | "adult"
              | "not-sexualised"
              | "below-threshold"
              | "image-too-small"
              | "virtual"
              | "age-unclear"
              | "age-over-national-threshold";
          } & {
            [key: string]: unknown;
          };
        };
        assessments: {
          id: string;
          author: {
            id: string;
            name: string;
            country: string;
            kind: string;
          };
          pseudonym: string;
          /** @enum {string} */
          verdict: "baseline" | "national" | "not-illegal";
          facts: {
            /**
             * @default not-categorised
             * @enum {string}
             */
            age: "not-categorised" | "infant" | "pre-pubescent" | "pubescent";
            /**
             * @default not-determined
             * @enum {string}
             */
            gender: "not-determined" | "female" | "male" | "both";
            /** @default [] */
            flags: ("virtual" | "user-generated" | "child-modelling")[];
            /** @enum {string} */
            reason?:
              | "other"
              | "content-not-found"
              | "referrer-missing"
              | "unable-to-access"
              | "password-protected"
              | "adult"
              | "not-sexualised"
              | "below-threshold"
              | "image-too-small"
              | "virtual"
              | "age-unclear"
              | "age-over-national-threshold";
          } & {
            [key: string]: unknown;
          };
          /** @enum {string} */
          basis: "seen" | "derived";
          at: number;
        }[];
        actions: {
          /** @enum {string} */
          kind: "reported-to-lea" | "reported-to-isp" | "removed" | "unavailable" | "not-illegal" | "moved";
          by: {
            id: string;
            name: string;
            country: string;
            kind: string;
          };
          at: number;
          detail?: string;
        }[];
        /** @enum {string} */
        online: "unknown" | "online" | "missing" | "offline";
        held: boolean;
        sha256: string;
      }[];
      pages: {
        url: string;
        status: number;
        images: number;
        foundOn?: string;
        /** @enum {string} */
        kind?: "page" | "frame";
        depth?: number;
        screenshot: boolean;
      }[];
      actions: {
        /** @enum {string} */
        kind: "reported-to-lea" | "reported-to-isp" | "removed" | "unavailable" | "not-illegal" | "moved";
        by: {
          id: string;
          name: string;
          country: string;
          kind: string;
        };
        at: number;
        detail?: string;
      }[];
      capture: {
        done: number;
        total: number;
        note?: string;
        scripted?: boolean;
      };
      deliveries: {
        statement: string;
        type: string;
        to: {
          id: string;
          name: string;
          country: string;
          kind: string;
        };
        /** @enum {string} */
        state: "waiting" | "accepted" | "duplicate" | "unsupported" | "rejected";
        detail?: string;
        place?: string;
        at: number;
      }[];
      feedback: {
        member: {
          id: string;
          name: string;
          country: string;
          kind: string;
        };
        status: string;
        note?: string;
        at: number;
      }[];
    };
    ReportSummary: {
      id: string;
      reference: string;
      url: string;
      host: string;
      /** @enum {string} */
      state:
        | "capturing"
        | "capture-failed"
        | "to-classify"
        | "classified"
        | "forwarded"
        | "to-notify"
        | "notified"
        | "removed"
        | "closed";
      /** @enum {string} */
      source: "public" | "analyst" | "member";
      origin?: {
        member: {
          id: string;
          name: string;
          country: string;
          kind: string;
        };
        reference: string;
      };
      country?: string;
      received: number;
      place: string;
      items: number;
      open: number;
      known: number;
      refused: number;
      lease?: {
        person: string;
        name: string;
        until: number;
      };
    };
    TimestampsView: {
      received: number;
      captured?: number;
      assessed?: number;
      forwarded?: number;
      leaTold?: number;
      noticeSent?: number;
      providerAcknowledged?: number;
      firstOffline?: number;
      confirmedOffline?: number;
      backOnline?: number;
      closed?: number;
    };
    NoticeDetail: {
      id: string;
      /** @enum {string} */
      state: "waiting" | "sending" | "to-send" | "sent" | "cancelled" | "failed";
      /** @enum {string} */
      way: "mail" | "api" | "hand";
      /** @enum {string} */
      step: "provider" | "site-owner" | "registrar";
      contact: string;
      round: number;
      reports: {
        id: string;
        reference: string;
      }[];
      items: number;
      created: number;
      sendAt: number;
      sentAt?: number;
      attempts: number;
      reason?: string;
      ticket?: string;
      acknowledged?: number;
      bounced?: {
        at: number;
        final: boolean;
        status: string;
      };
      replies: number;
      words?: {
        language: string;
        subject: string;
        text: string;
        xarf: {
          [key: string]: unknown;
        }[];
      };
      replyList: {
        id: string;
        at: number;
        /** @enum {string} */
        kind: "bounce" | "automatic" | "answer";
        from: string;
        subject: string;
        text: string;
        cut: boolean;
        attachments: {
          name: string;
          bytes: number;
        }[];
        bounce?: {
          final: boolean;
          status: string;
        };
        ticket?: string;
      }[];
    };
    NoticePreview: {
      contact: string;
      /** @enum {string} */
      way: "mail" | "api" | "hand";
      /** @enum {string} */
      step: "provider" | "site-owner" | "registrar";
      round: number;
      approved: boolean;
      text: {
        language: string;
        name: string;
        verified: boolean;
        verifiedBy?: string;
        note: string;
      };
      words: {
        language: string;
        subject: string;
        text: string;
        xarf: {
          [key: string]: unknown;
        }[];
      };
    };
    NoticeView: {
      id: string;
      /** @enum {string} */
      state: "waiting" | "sending" | "to-send" | "sent" | "cancelled" | "failed";
      /** @enum {string} */
      way: "mail" | "api" | "hand";
      /** @enum {string} */
      step: "provider" | "site-owner" | "registrar";
      contact: string;
      round: number;
      reports: {
        id: string;
        reference: string;
      }[];
      items: number;
      created: number;
      sendAt: number;
      sentAt?: number;
      attempts: number;
      reason?: string;
      ticket?: string;
      acknowledged?: number;
      bounced?: {
        at: number;
        final: boolean;
        status: string;
      };
      replies: number;
    };
    ReplyView: {
      id: string;
      at: number;
      /** @enum {string} */
      kind: "bounce" | "automatic" | "answer";
      from: string;
      subject: string;
      text: string;
      cut: boolean;
      attachments: {
        name: string;
        bytes: number;
      }[];
      bounce?: {
        final: boolean;
        status: string;
      };
      ticket?: string;
    };
    TakedownRow: {
      report: {
        id: string;
        reference: string;
      };
      host: string;
      provider?: string;
      country?: string;
      since: number;
      /** @enum {string} */
      state: "to-approve" | "waiting" | "held" | "sending" | "to-send" | "notified";
      /** @enum {string} */
      step: "provider" | "site-owner" | "registrar";
      contact?: string;
      round: number;
      sentAt?: number;
      acknowledged?: number;
      next: {
        /** @enum {string} */
        what: "approve" | "send" | "send-by-hand" | "remind" | "escalate" | "look";
        at?: number;
      };
    };
    WaitingContact: {
      report: {
        id: string;
        reference: string;
      };
      host: string;
      provider?: string;
      country?: string;
      since: number;
      /** @enum {string} */
      step: "provider" | "site-owner" | "registrar";
      /** @enum {string} */
      why: "first" | "still-online" | "undeliverable" | "failed" | "exhausted";
      asked: number;
      candidates: {
        address: string;
        source: string;
        approved: boolean;
        undeliverable: boolean;
      }[];
    };
    WordsView: {
      language: string;
      subject: string;
      text: string;
      xarf: {
        [key: string]: unknown;
      }[];
    };
    ExportView: {
      id: string;
      report: string;
      reference: string;
      reason: string;
      receiver: string;
      recipients: string[];
      archives: boolean;
      originals: string[];
      asked: number;
      /** @enum {string} */
      state: "waiting" | "approved" | "refused" | "expired";
      approvals: {
        name: string;
        at: number;
      }[];
      needed: number;
      blocked?: string;
      refusal?: string;
      expires?: number;
      packages: {
        at: number;
        files: number;
        contents: string;
        sent?: {
          bytes: number;
          sha256: string;
        };
      }[];
    };
  };
  responses: never;
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
