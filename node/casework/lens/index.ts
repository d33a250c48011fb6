/** The lens on hash adverts: who said what of a file, since when, from a look of their own or not, and who disagrees. */
export { advertRoutes } from "./routes.ts";
