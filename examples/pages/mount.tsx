import { StrictMode, type ReactNode } from 'react'
import { createRoot } from 'react-dom/client'

export function mount(page: ReactNode): void {
  createRoot(document.querySelector('main')!).render(<StrictMode>{page}</StrictMode>)
}
