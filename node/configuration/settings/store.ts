/** The store on disk. */
import { z } from "zod";
import { size } from "./units.ts";

export const storeSettings = z.strictObject({
  cache: size("64MiB").describe(
    "Memory for blocks of the database: some of the working set, little beside the sandbox.",
  ),
  writeBuffer: size("8MiB").describe(
    "Memory for writes before they become a table. Larger makes fewer tables, and a longer start after a crash.",
  ),
  records: size("16MiB").describe(
    "Memory for records that were opened lately: people, sign-ins and open reports are read again and again.",
  ),
  checkAtStart: size("4GiB").describe(
    "Database files that are read and checked before a start, the newest first: bit rot is found before it does harm. A gigabyte takes some seconds.",
  ),
  separateFrom: size("8KiB").describe(
    "Records of this size and more are written once to a segment file; the database, which writes everything again as it sorts, keeps where. Smaller ones would cost more to find than to sort.",
  ),
  segment: size("64MiB").describe(
    "Size of a full segment file. What deleted records took is given back by moving what is left in a file: larger files make fewer, and longer moves.",
  ),
});
export type StoreSettings = z.output<typeof storeSettings>;
