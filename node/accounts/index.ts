/**
 * The people of this organisation: who they are, what they may do, that they are who they say, and that two of them agreed.
 * Routes are described here as data, because who may call one is a word of the permission table.
 */
export { checkNewPerson } from "./administration.ts";
export { createAccounts, type Accounts, type AccountsSettings } from "./accounts.ts";
export { type Approval, type Approvals } from "./approvals.ts";
export { authorise, type Caller } from "./caller.ts";
export { type Person } from "./people.ts";
export {
  allows,
  hears,
  permissions,
  permissionsOf,
  roles,
  type Permission,
  type Role,
} from "./permissions.ts";
export {
  defineRoute,
  downloadResponse,
  eventStream,
  jpegResponse,
  type Access,
  type BinaryResponse,
  type Download,
  type DownloadResponse,
  type Route,
  type ServerEvent,
  type SessionCookie,
  type StreamResponse,
} from "./routes.ts";
