import { Window } from 'happy-dom'

/** A document for the frameworks; `fetch`, timers and streams stay Node's own. */
const window = new Window({ url: 'http://localhost/' })
const names = [
  'document',
  'navigator',
  'Node',
  'Element',
  'Text',
  'Comment',
  'DocumentFragment',
  'HTMLElement',
  'HTMLIFrameElement',
  'HTMLMediaElement',
  'HTMLTemplateElement',
  'SVGElement',
  'ShadowRoot',
  'NodeFilter',
  'MutationObserver',
] as const
for (const [name, value] of [['window', window] as const, ...names.map((name) => [name, window[name]] as const)]) {
  // Node has a `navigator` that cannot be assigned to.
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
}
