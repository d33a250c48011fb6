/**
 * Near-duplicate groups of a set of pictures, kept up while pictures come and go: what an analyst should see once instead
 * of forty times.
 *
 * The rule. Pictures are ranked by quality, equal ones by their hash. From the best down, each picture that is not within
 * the distance of a better representative becomes a representative itself; the others belong to the nearest better one.
 *
 *   - No chains: each member is within the distance of its representative, so two members of a group differ by at most
 *     twice the distance, however many there are. (Linking neighbour to neighbour has no bound at all.)
 *   - The groups depend on the set alone, not on the order in which it came or on what was in it before.
 *   - The representative is the best picture of its group, and no two representatives are within the distance.
 *   - Numbers of groups are names: they stay with a group while its pictures change, of groups that become one the oldest
 *     stays, and none is used again. They do depend on the order.
 *
 * Pictures with equal hashes are one for all of this. The rule is the star cover of Aslam, Pelekhov and Rus, "The Star
 * Clustering Algorithm for Static and Dynamic Information Organization" (JGAA 8(1), 2004), ranked by quality in place of
 * degree; kept up as a maximal independent set in rank order (Censor-Hillel, Haramaty, Karnin, "Optimal Dynamic Distributed
 * MIS", PODC 2016: where ranks are random, a change moves one picture on average).
 *
 *     const clusters = createClusters<string>();
 *     await clusters.add([{ key: "a.jpg", hash, quality }]);
 *     const group = clusters.groupOf("a.jpg");
 */
export { HashingError } from "../errors.ts";
export { createClusters } from "./clusters.ts";
export type { Clusters, ClustersOptions, Group, Key, Member, Picture, StepOptions } from "./types.ts";
