/** The pages of the interface: where they live, who sees them in the navigation, at which kinds of member. */
import type { Component } from "svelte";
import Adverts from "../pages/Adverts.svelte";
import Ask from "../pages/Ask.svelte";
import Conversation from "../pages/Conversation.svelte";
import Conversations from "../pages/Conversations.svelte";
import Contributions from "../pages/Contributions.svelte";
import CustodyPage from "../pages/Custody.svelte";
import Escalation from "../pages/Escalation.svelte";
import Escalations from "../pages/Escalations.svelte";
import Exports from "../pages/Exports.svelte";
import FederationPage from "../pages/Federation.svelte";
import Holds from "../pages/Holds.svelte";
import MaterialRequests from "../pages/MaterialRequests.svelte";
import MembershipPage from "../pages/Membership.svelte";
import People from "../pages/People.svelte";
import PlacedHolds from "../pages/PlacedHolds.svelte";
import Queue from "../pages/Queue.svelte";
import Report from "../pages/Report.svelte";
import Statistics from "../pages/Statistics.svelte";
import Takedowns from "../pages/Takedowns.svelte";
import Unread from "../components/Unread.svelte";
import type { IconName } from "../components/Icon.svelte";
import type { MessageKey } from "./messages.ts";

export interface Page {
  readonly pattern: string;
  readonly permission: string;
  /** Members whose node has this desk; every member when absent. */
  readonly kinds?: readonly string[];
  /** Its place in the navigation; absent for pages reached from another one. */
  readonly nav?: {
    readonly name: MessageKey;
    readonly icon: IconName;
    /** What stands beside the name: a count of what is new. */
    readonly badge?: Component<Record<string, never>>;
  };
  readonly component: PageComponent;
}
/** The named parts of the address; most pages have none. */
type PageComponent = Component<{ parts: Record<string, string> }>;
const plain = (component: Component<Record<string, never>>) => component as unknown as PageComponent;

export const pages: readonly Page[] = [
  {
    pattern: "/reports",
    nav: { name: "nav.reports", icon: "reports" },
    permission: "report.read",
    kinds: ["hotline"],
    component: plain(Queue),
  },
  { pattern: "/reports/:id", permission: "report.read", kinds: ["hotline"], component: Report },
  {
    pattern: "/takedowns",
    nav: { name: "nav.takedowns", icon: "takedowns" },
    permission: "notice.read",
    kinds: ["hotline"],
    component: plain(Takedowns),
  },
  {
    pattern: "/holds",
    nav: { name: "nav.holds", icon: "holds" },
    permission: "hold.read",
    kinds: ["hotline"],
    component: plain(Holds),
  },
  {
    pattern: "/escalations",
    nav: { name: "nav.escalations", icon: "escalations" },
    permission: "escalation.read",
    kinds: ["lea"],
    component: plain(Escalations),
  },
  { pattern: "/escalations/:id", permission: "escalation.read", kinds: ["lea"], component: Escalation },
  {
    pattern: "/holds",
    nav: { name: "nav.holds", icon: "holds" },
    permission: "hold.read",
    kinds: ["lea"],
    component: plain(PlacedHolds),
  },
  {
    pattern: "/contributions",
    nav: { name: "nav.contributions", icon: "contributions" },
    permission: "contribution.read",
    kinds: ["interpol"],
    component: plain(Contributions),
  },
  {
    pattern: "/material",
    nav: { name: "nav.material", icon: "material" },
    permission: "material.read",
    kinds: ["hotline"],
    component: plain(MaterialRequests),
  },
  {
    pattern: "/exports",
    nav: { name: "nav.exports", icon: "exports" },
    permission: "export.read",
    kinds: ["hotline"],
    component: plain(Exports),
  },
  {
    pattern: "/statistics",
    nav: { name: "nav.statistics", icon: "statistics" },
    permission: "statistics.read",
    kinds: ["hotline"],
    component: plain(Statistics),
  },
  {
    pattern: "/conversations",
    nav: { name: "nav.conversations", icon: "conversations", badge: Unread },
    permission: "conversation.read",
    component: plain(Conversations),
  },
  { pattern: "/conversations/new", permission: "conversation.write", component: plain(Ask) },
  { pattern: "/conversations/:id", permission: "conversation.read", component: Conversation },
  { pattern: "/custody/:report", permission: "custody.read", component: CustodyPage },
  {
    pattern: "/adverts",
    nav: { name: "nav.adverts", icon: "adverts" },
    permission: "advert.read",
    component: plain(Adverts),
  },
  {
    pattern: "/federation",
    nav: { name: "nav.federation", icon: "federation" },
    permission: "federation.read",
    component: plain(FederationPage),
  },
  {
    pattern: "/membership",
    nav: { name: "nav.membership", icon: "membership" },
    permission: "membership.read",
    component: plain(MembershipPage),
  },
  {
    pattern: "/people",
    nav: { name: "nav.people", icon: "people" },
    permission: "people.read",
    component: plain(People),
  },
];
