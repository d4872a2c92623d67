/** The messages of `fetch`, body readers and sockets when a connection is lost or refused, in Node, browsers, Deno and Bun. */
const LOST = new RegExp(
  [
    '^terminated$',
    'fetch failed',
    'failed to fetch',
    'load failed',
    'network ?error',
    'network connection was lost',
    'networkerror when attempting to fetch',
    'connection (?:error|lost|reset|closed|refused|aborted|terminated)',
    'connection was (?:lost|reset|closed)',
    'error sending request',
    'unable to connect',
    'socket',
    'other side closed',
    'premature close',
    'body (?:stream|timeout)',
    'stream (?:closed|error) prematurely',
    'aborted',
    'incomplete json segment',
    'did not receive done',
    'E(?:CONN(?:RESET|REFUSED|ABORTED)|PIPE|TIMEDOUT|HOSTUNREACH|NETUNREACH|NETDOWN|NOTFOUND|AI_AGAIN)',
    'UND_ERR_',
    'ERR_(?:STREAM_PREMATURE_CLOSE|HTTP2_[A-Z_]+|SSL_[A-Z_]+|NETWORK[A-Z_]*|CONNECTION[A-Z_]*)',
  ].join('|'),
  'i',
)

const LOST_NAMES = /^(?:AbortError|SocketError|NetworkError|APIConnectionError|ConnectionError|FetchError)$/

/** System errors (`ECONNRESET`, `EPIPE` …) and those of undici. */
const LOST_CODES =
  /^E[A-Z]+$|^UND_ERR_|^ERR_(?:STREAM_PREMATURE_CLOSE|HTTP2_|NETWORK|CONNECTION)|^ConnectionClosed$|^ConnectionRefused$/

/** File system errors look like those of sockets. */
const FILE_CODES = /^E(?:NOENT|ACCES|PERM|EXIST|ISDIR|NOTDIR|MFILE|INVAL|ROFS|NOSPC)$/

/**
 * The one list of what counts as a lost connection: whether `thrown`, or one of its causes, says that a socket went away
 * or could not be opened. It looks at messages, names and codes, since every runtime has its own classes.
 */
export function isLostConnection(thrown: unknown): boolean {
  return causeChain(thrown).some((error) => {
    const code = codeOf(error)
    if (code !== undefined && FILE_CODES.test(code)) return false
    if (code !== undefined && LOST_CODES.test(code)) return true
    return LOST_NAMES.test(error.name) || LOST_NAMES.test(error.constructor.name) || LOST.test(error.message)
  })
}

/** Whether `thrown`, or one of its causes, says that something took too long. */
export function isTimeout(thrown: unknown): boolean {
  return causeChain(thrown).some(
    (error) =>
      error.name === 'TimeoutError' ||
      error.constructor.name === 'APIConnectionTimeoutError' ||
      /timed? ?out/i.test(error.message) ||
      /^UND_ERR_.*TIMEOUT$|^ETIMEDOUT$/.test(codeOf(error) ?? ''),
  )
}

/** The error and its causes, five at most: a cycle must not hang us. */
export function causeChain(thrown: unknown): Error[] {
  const chain: Error[] = []
  for (let one = thrown; one instanceof Error && chain.length < 5; one = one.cause) chain.push(one)
  return chain
}

/** The `code` of a system error. */
export function codeOf(error: Error): string | undefined {
  const { code } = error as { code?: unknown }
  return typeof code === 'string' && code !== '' ? code : undefined
}
