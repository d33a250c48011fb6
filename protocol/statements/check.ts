/** May this author say this to these, and is it said as the registry has it? Asked before a statement has any effect. */
import { z } from "zod";
import { WardlineError, readerOf } from "../encoding/index.ts";
import { member, type MemberKind, type Trust } from "../roster/index.ts";
import { frameShape, pathsOf, type Statement } from "./frame.ts";
import { isStatementType, statementTypes, type PayloadOf, type StatementType } from "./registry.ts";

/**
 * Throws, in this order: `statement/unsupported` (a type, or a field named in `critical`, that this version does not know: keep the
 * statement, answer `unsupported`), `statement/unknown-member`, `statement/not-allowed`, `statement/legal-basis-missing`,
 * `statement/payload`. The caller rejects the statement with that code.
 */
export function checkStatement(statement: Statement, trust: Trust): void {
  const type = supportedType(statement);
  const rule = statementTypes[type];
  refuseUnless(rule.from, kindOf(trust, statement.author), type);
  for (const recipient of statement.to) refuseUnless(rule.to, kindOf(trust, recipient), type);
  if ("legalBasis" in rule && !statement.legalBasis) {
    throw new WardlineError("statement/legal-basis-missing", `A ${type} must state its legal basis.`);
  }
  readPayload(statement, type);
}

/** The payload as its schema reads it, defaults filled in. Throws `statement/payload`, naming the fields, never their content. */
export function readPayload<T extends StatementType>(statement: Statement, type: T): PayloadOf<T> {
  if (statement.type !== type) {
    throw new WardlineError("statement/payload", `A ${statement.type} was read as a ${type}.`);
  }
  if (inOrder.has(statement)) return statement.payload as PayloadOf<T>;
  const result = readerFor(type)(statement.payload);
  if (!result.success) {
    throw new WardlineError("statement/payload", `The payload is not a ${type} as specified.`, {
      advice: "The sending software needs correcting; the schema is in protocol/statements.",
      details: { type, fields: pathsOf(result.error) },
    });
  }
  if (result.data === statement.payload) inOrder.add(statement);
  return result.data as PayloadOf<T>;
}

const readers = new Map<StatementType, ReturnType<typeof readerOf>>();

function readerFor(type: StatementType): ReturnType<typeof readerOf> {
  let reader = readers.get(type);
  if (!reader) readers.set(type, (reader = readerOf<unknown>(statementTypes[type].payload)));
  return reader;
}

/**
 * Statements whose payload reads as it stands: one is checked and then handled, and reading 500 items twice would be waste.
 * No map to what was read: V8 frees what a long-lived map leads to only when it goes through the whole heap, also when
 * the key is gone.
 */
const inOrder = new WeakSet<Statement>();

function supportedType(statement: Statement): StatementType {
  const { type, critical } = statement;
  if (!isStatementType(type)) throw unsupported(type);
  if (critical.length === 0) return type;
  const schema = z.object({ ...frameShape, payload: statementTypes[type].payload });
  const unknown = critical.find((name) => !understands(schema, name.split(".")));
  if (unknown !== undefined) throw unsupported(unknown);
  return type;
}

/** Whether a dotted name leads to a field of the schema; lists are passed through to their elements. */
function understands(schema: unknown, path: string[]): boolean {
  const [name, ...rest] = path;
  if (name === undefined) return true;
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) {
    return understands(schema.unwrap(), path);
  }
  if (schema instanceof z.ZodArray) return understands(schema.element, path);
  if (!(schema instanceof z.ZodObject) || !Object.hasOwn(schema.shape, name)) return false;
  return understands(schema.shape[name], rest);
}

function kindOf(trust: Trust, id: string): MemberKind {
  const found = member(trust, id);
  if (found) return found.kind;
  throw new WardlineError(
    "statement/unknown-member",
    "The statement names a member that is not in the roster.",
    {
      details: { member: id },
    },
  );
}

function refuseUnless(allowed: readonly MemberKind[], kind: MemberKind, type: string): void {
  if (allowed.includes(kind)) return;
  throw new WardlineError(
    "statement/not-allowed",
    `A ${type} is not said by or to a member of kind ${kind}.`,
    {
      details: { type, kind },
    },
  );
}

function unsupported(what: string): WardlineError {
  return new WardlineError("statement/unsupported", "This version does not know what the statement says.", {
    advice: "Upgrade the node; the statement is kept and processed afterwards.",
    details: { what },
  });
}
