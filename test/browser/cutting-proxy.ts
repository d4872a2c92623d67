import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** A TCP proxy on loopback that cuts the connections that carry an answer, and leaves the page's own alone. */
export interface CuttingProxy extends AsyncDisposable {
  readonly url: string
  /** Cuts the connections on which an answer was asked for; tells how many. */
  cut(): number
  /** While it is on, asking for an answer cuts the connection at once. */
  refuses: boolean
}

const ASKS = /^(?:POST|GET) \/api\//

export async function startCuttingProxy(port: number): Promise<CuttingProxy> {
  const open = new Set<Socket>()
  const answering = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    open.add(near)
    near.on('data', (bytes) => {
      if (ASKS.test(bytes.toString('latin1', 0, 40))) {
        if (proxy.refuses) return near.destroy()
        answering.add(near)
      }
      return far.write(bytes)
    })
    far.on('data', (bytes) => near.write(bytes))
    const close = (): void => {
      open.delete(near)
      answering.delete(near)
      near.destroy()
      far.destroy()
    }
    for (const socket of [near, far]) socket.on('close', close).on('error', close)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const proxy: CuttingProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    refuses: false,
    cut() {
      const { size } = answering
      for (const near of answering) near.destroy()
      return size
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const near of open) near.destroy()
      await closed
    },
  }
  return proxy
}
