import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { schemas } from '../../schemas/index.ts'
import { startPages } from '../examples/pages-server.ts'
import { launchBrowser } from './chromium.ts'

/** `npm run test:browser`: the recipe card in each framework, as its users see it. */
const { recipe } = schemas

let browser: Browser
let pages: Awaited<ReturnType<typeof startPages>>
beforeAll(async () => {
  pages = await startPages()
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  await pages?.stop()
})

test.each(['vue', 'svelte', 'solid', 'angular'])(
  'the page in %s shows an answer as it comes, stops, and asks again',
  async (framework) => {
    const page = await browser.newPage()
    const errors: string[] = []
    page.on('pageerror', (error) => errors.push(error.message))
    await page.goto(`${pages.url}${framework}/`, { waitUntil: 'networkidle' })
    await page.getByRole('button', { name: 'Cook' }).click()
    await page.locator('h2.complete').waitFor()
    await page.getByRole('button', { name: 'Stop' }).click()
    await page.locator('output.stopped').waitFor()
    await page.getByRole('button', { name: 'Cook' }).click()
    await page.locator('output.done').waitFor({ timeout: 60_000 })
    expect(await page.locator('h2').textContent()).toBe(recipe.sample.name)
    expect(await page.locator('li').allTextContents()).toEqual(recipe.sample.steps)
    expect(errors).toEqual([])
    await page.close()
  },
  90_000,
)
