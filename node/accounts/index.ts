/**
 * The people of this organisation: who they are, what they may do, that they are who they say, and that two of them agreed.
 * Routes are described here as data, because who may call one is a word of the permission table.
 */
export { authorise, type Caller } from "./caller.ts";
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
  eventStream,
  jpegResponse,
  type Access,
  type Route,
  type ServerEvent,
} from "./routes.ts";
