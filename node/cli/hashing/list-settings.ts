/** Lists as they are named on the command line: a file, with settings behind it. */
import { InvalidArgumentError } from "commander";

export interface ListOnCommandLine {
  file: string;
  /** What matches call it. */
  name: string;
  distance?: number;
  quality?: number;
  knownGood?: boolean;
}

/** For commander: `FILE[,distance=N][,quality=N][,name=NAME]`, collected. */
export const collectLists =
  (knownGood: boolean) =>
  (text: string, before: readonly ListOnCommandLine[] = []): ListOnCommandLine[] => {
    const list = parseList(text, knownGood);
    if (before.some(({ name }) => name === list.name))
      throw new InvalidArgumentError(`Two lists are called ${list.name}; give one another name with ,name=…`);
    return [...before, list];
  };

/** Settings are taken from the end, since a file's name may have commas. */
function parseList(text: string, knownGood: boolean): ListOnCommandLine {
  const settings: Partial<ListOnCommandLine> = {};
  let file = text;
  for (;;) {
    const [setting, name, value = ""] = /,(distance|quality|name)=([^,]*)$/.exec(file) ?? [];
    if (setting === undefined) break;
    file = file.slice(0, -setting.length);
    if (name === "distance") settings.distance = parseDistance(value);
    else if (name === "quality") settings.quality = parseQuality(value);
    else settings.name = value;
  }
  return { name: file, ...settings, file, ...(knownGood && { knownGood }) };
}

export const parseDistance = (text: string) =>
  wholeNumber(text, 63, "A distance is a whole number from 0 to 63.");
export const parseQuality = (text: string) =>
  wholeNumber(text, 100, "A quality is a whole number from 0 to 100.");

export function wholeNumber(text: string, most: number, sentence: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number <= most) return number;
  throw new InvalidArgumentError(sentence);
}
