import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** A TCP proxy on loopback that does to connections what networks do. */
export interface Proxy extends AsyncDisposable {
  readonly url: string
  /** Cuts one of the connections. */
  cut(random: () => number): void
  /** Lets the server hear, but not answer, on one of the connections, and cuts it after `ms`. */
  loseReplies(random: () => number, ms: number): void
  /** While it is away, connections are refused; those that there are, are cut. */
  away(isAway: boolean): void
}

export async function startProxy(port: number): Promise<Proxy> {
  const pairs = new Set<{ near: Socket; far: Socket; isDeaf: boolean }>()
  let isAway = false
  const server = createServer((near) => {
    if (isAway) return near.destroy()
    const far = connect(port, '127.0.0.1')
    const pair = { near, far, isDeaf: false }
    pairs.add(pair)
    near.on('data', (bytes) => far.write(bytes))
    far.on('data', (bytes) => {
      if (!pair.isDeaf) near.write(bytes)
    })
    const close = (): void => {
      pairs.delete(pair)
      near.destroy()
      far.destroy()
    }
    for (const socket of [near, far]) socket.on('close', close).on('error', close)
    return undefined
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const any = (random: () => number) => [...pairs][Math.floor(random() * pairs.size)]
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut: (random) => void any(random)?.near.destroy(),
    loseReplies(random, ms) {
      const pair = any(random)
      if (pair === undefined) return
      pair.isDeaf = true
      setTimeout(() => pair.near.destroy(), ms)
    },
    away(value) {
      isAway = value
      if (isAway) for (const { near } of pairs) near.destroy()
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const { near } of pairs) near.destroy()
      await closed
    },
  }
}
