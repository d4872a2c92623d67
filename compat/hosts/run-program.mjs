import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/**
 * Runs a program against a local provider, which it closes, and gives what the program logged.
 *
 * @param {string} cwd
 * @param {string} program
 * @param {{ openaiBaseURL: string, anthropicBaseURL: string, close(): Promise<void> }} server
 * @returns {Promise<any[]>}
 */
export async function runProgram(cwd, program, server) {
  const env = {
    ...process.env,
    OPENAI_API_KEY: 'key',
    OPENAI_BASE_URL: server.openaiBaseURL,
    ANTHROPIC_API_KEY: 'key',
    ANTHROPIC_BASE_URL: server.anthropicBaseURL,
  }
  const args = ['--import', new URL('as-json.mjs', import.meta.url).href, program]
  try {
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd, env, timeout: 60_000 })
    return stdout.split('\n').flatMap((line) => (/^[[{"\dn]/.test(line) ? [JSON.parse(line)] : []))
  } finally {
    await server.close()
  }
}
