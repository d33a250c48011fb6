/** Opens the vault named on the command line: data folder, key file. */
import { systemRandom } from "@wardline/protocol/encoding";
import { openVault, unlock, type Vault } from "@wardline/node/vault";

export async function openFromArguments(): Promise<Vault> {
  const [dataFolder = "", keyFile] = process.argv.slice(2);
  const master = await unlock(dataFolder, { keyFile });
  const settings = { itemLimit: 2 ** 30, rangeLimit: 2 ** 20, reserve: 0, incomingLife: 1e9 };
  return openVault({ dataFolder, master, settings, random: systemRandom, now: () => 0 });
}
