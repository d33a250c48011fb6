/**
 * Statements: what one member says to others, once. Signing, opening, the registry of all types with their payload
 * schemas and the table of who may say what to whom, passing on, and the proof that an author told two stories.
 */
export { LARGEST_STATEMENT, markings, onwardRules, type EmbeddedStatement, type Statement } from "./frame.ts";
export { openStatement, signStatement, type SignedStatement, type StatementDraft } from "./sign.ts";
export { checkStatement, readPayload } from "./check.ts";
export {
  isStatementType,
  payloadJsonSchema,
  statementTypes,
  type PayloadOf,
  type StatementType,
} from "./registry.ts";
export { twoContents, type TwoContents } from "./two-contents.ts";
export { embedStatement, openOriginals } from "./pass-on.ts";
export {
  assessmentSchema,
  digestsSchema,
  hostingSchema,
  sharedItemSchema,
  type SharedItem,
} from "./payloads.ts";
export { hexOf, idSchema, memberIdSchema } from "./fields.ts";
