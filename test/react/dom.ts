import { Window } from 'happy-dom'

/** A document for react-dom; everything else (`fetch`, timers, streams) stays Node's own. */
const window = new Window({ url: 'http://localhost/' })
const { document, navigator, HTMLElement, HTMLIFrameElement } = window
for (const [name, value] of Object.entries({ window, document, navigator, HTMLElement, HTMLIFrameElement })) {
  // Node has a `navigator` that cannot be assigned to.
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
}
