/** The refusals of this room, each by its own code. */
import { WardlineError } from "../encoding/index.ts";

export function refused(code: string, message: string): WardlineError {
  return new WardlineError(`advert/${code}`, message);
}

export function truncated(): WardlineError {
  return refused("truncated", "The block ends before it should.");
}
