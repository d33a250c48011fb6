import { describe, expect, it } from "vitest";
import {
  allows,
  hears,
  permissions,
  permissionsOf,
  roles,
  type Permission,
} from "../../../node/accounts/index.ts";

const all = Object.keys(permissions) as Permission[];

describe("the permission table", () => {
  it("names only roles that exist, and every permission has somebody", () => {
    for (const permission of all) {
      expect(permissions[permission].length).toBeGreaterThan(0);
      for (const role of permissions[permission]) expect(roles).toContain(role);
    }
  });

  it("keeps apart who may not be one person's powers", () => {
    const changes = all.filter((permission) => !permission.endsWith(".read"));
    expect(changes.filter((permission) => allows(["auditor"], permission))).toEqual([]);
    expect(changes.filter((permission) => allows(["viewer"], permission))).toEqual([]);
    expect(allows(["administrator"], "report.read")).toBe(false);
    expect(allows(["administrator"], "item.reveal")).toBe(false);
    expect(allows(["administrator"], "material.approve")).toBe(false);
    expect(allows(["analyst"], "material.approve")).toBe(false);
    expect(allows(["viewer"], "item.preview")).toBe(false);
  });

  it("adds up over several roles and is empty without any", () => {
    expect(permissionsOf([])).toEqual([]);
    const both = permissionsOf(["triage", "custodian"]);
    expect(both).toContain("report.file");
    expect(both).toContain("material.approve");
  });

  it("lets nobody hear of a topic that is not in the table", () => {
    expect(hears([...roles], "something-new")).toBe(false);
    expect(hears([...roles], "constructor")).toBe(false);
    expect(hears(["administrator"], "report")).toBe(false);
    expect(hears(["viewer"], "report")).toBe(true);
  });
});
