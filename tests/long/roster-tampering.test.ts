import { describe, expect, test } from "vitest";
import { isWardlineError } from "@wardline/protocol/encoding";
import { attack, subjects } from "../protocol/roster/subjects.ts";

describe.each(subjects)("a $name file", ({ file, accept }) => {
  const outcomeOf = (changed: typeof file): string => {
    try {
      accept(changed);
      return "accepted";
    } catch (error) {
      return isWardlineError(error) ? error.code : String(error);
    }
  };

  test("with each byte changed in turn, and cut at each length, is refused by name", () => {
    const outcomes = new Set<string>();
    for (let at = 0; at < file.bytes.length; at++) {
      outcomes.add(outcomeOf(attack.change(file, at, 1)));
      outcomes.add(outcomeOf(attack.cut(file, at)));
    }
    expect([...outcomes].filter((outcome) => !/^(roster|card)\/[a-z-]+$/.test(outcome))).toEqual([]);
  });
});
