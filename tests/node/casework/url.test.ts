import { describe, expect, test } from "vitest";
import { reportUrl } from "../../../node/casework/url.ts";

describe("the URL of a report", () => {
  test.each([
    [
      "HTTP://Pictures.Example:80/a/../b?y=2&x=1#top",
      "http://pictures.example/b?y=2&x=1",
      "pictures.example",
    ],
    ["  https://pictures.example  ", "https://pictures.example/", "pictures.example"],
    ["http://pictures.example:8080/a", "http://pictures.example:8080/a", "pictures.example:8080"],
    ["http://bücher.example/ä", "http://xn--bcher-kva.example/%C3%A4", "xn--bcher-kva.example"],
  ])("%s", (input, canonical, host) => {
    expect(reportUrl(input)).toEqual({ url: input.trim(), canonical, host });
  });

  test.each([
    ["pictures.example/a", "casework/invalid-url"],
    ["", "casework/invalid-url"],
    ["ftp://pictures.example/a", "casework/unsupported-url"],
    ["javascript:alert(1)", "casework/unsupported-url"],
    ["http://name:word@pictures.example/", "casework/url-with-credentials"],
  ])("%s is refused", (input, code) => {
    expect(() => reportUrl(input)).toThrowError(expect.objectContaining({ code }));
  });

  test("a longer one than statements carry is refused", () => {
    const input = `http://pictures.example/${"a".repeat(8192)}`;
    expect(() => reportUrl(input)).toThrowError(expect.objectContaining({ code: "casework/invalid-url" }));
  });
});
