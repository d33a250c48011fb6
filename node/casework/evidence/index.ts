/** Evidence of captures, as casework keeps and shows it. */
export {
  acquisitionOf,
  archiveNames,
  archivesOf,
  putAcquisition,
  putArchive,
  type Archive,
  type ItemAcquisition,
} from "./records.ts";
export { evidenceRoutes } from "./routes.ts";
