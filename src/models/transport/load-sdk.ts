import { StructStreamError } from '../../errors.ts'

/**
 * Loads a provider's SDK on first use.
 *
 * @param provider the adapter's name, for the message
 * @param packageName what `npm i` takes
 * @param load the dynamic `import()`, written out at the call so that bundlers see it
 * @throws `bad_options` that names the package to install
 */
export async function loadSdk<Sdk>(provider: string, packageName: string, load: () => Promise<Sdk>): Promise<Sdk> {
  try {
    return await load()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new StructStreamError(
      'bad_options',
      `${provider} needs the package "${packageName}", which could not be loaded (${reason}). Install it: npm i ${packageName}`,
      { provider, cause: error },
    )
  }
}
