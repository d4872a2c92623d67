import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { RefusedRequest } from './refusal.ts'

/**
 * Lets only this server's own page in: another site, open in the same browser, must not spend the user's keys.
 *
 * 1. The Host is `localhost`, an address, or the host name that the server was given: a foreign name that was
 *    made to point here (DNS rebinding) is none of these.
 * 2. What a browser says of where a request comes from is this very server. Programs, such as curl, say nothing.
 *
 * @throws {@link Refusal} 403
 */
export function checkComesFromHere({ headers }: IncomingMessage, listensOn: string): void {
  const { host = '', origin } = headers
  if (!isOurs(host, listensOn)) throw new RefusedRequest(403, `This server does not answer for the host ${show(host)}.`)
  const site = headers['sec-fetch-site']
  // `none`: the user typed the address.
  const isForeignSite = site !== undefined && site !== 'same-origin' && site !== 'none'
  if (isForeignSite || (origin !== undefined && origin !== `http://${host}`)) {
    throw new RefusedRequest(403, `Only the playground's own page may ask, not ${show(origin ?? 'another site')}.`)
  }
}

function isOurs(host: string, listensOn: string): boolean {
  const url = `http://${host}`
  if (host === '' || !URL.canParse(url)) return false
  const { hostname } = new URL(url)
  return hostname === 'localhost' || hostname === listensOn || isIP(hostname.replace(/^\[|\]$/g, '')) !== 0
}

function show(text: string): string {
  return JSON.stringify(text.slice(0, 200))
}
