import { mkdirSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { PeakList } from '../../examples/pages/peaks/schema.ts'
import { booking, peaks } from '../../examples/pages/samples.ts'
import { schemas } from '../../schemas/index.ts'
import { connect } from '../../src/web/client/index.ts'
import { startPages } from '../examples/pages-server.ts'
import { isBelow } from '../partial/reference.ts'
import { until } from '../web/loopback.ts'
import { launchBrowser } from './chromium.ts'
import { startCuttingProxy, type CuttingProxy } from './cutting-proxy.ts'

/** `npm run test:browser`: the example pages as their users see them. Look at the images in scratch/pages, too. */
const pictures = 'scratch/pages'

let browser: Browser
let pages: Awaited<ReturnType<typeof startPages>>
let proxy: CuttingProxy
// Also after a failure: what a test leaves open would be cut, and counted, in the next.
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())))
beforeAll(async () => {
  mkdirSync(pictures, { recursive: true })
  pages = await startPages()
  proxy = await startCuttingProxy(Number(new URL(pages.url).port))
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  await proxy?.[Symbol.asyncDispose]()
  await pages?.stop()
})

const text = (value: unknown): string => (typeof value === 'boolean' ? (value ? 'yes' : '') : String(value))
const { recipe, code } = schemas

/** How each page is read back into a value, in the page; and what it has to be at the end. */
const kinds = {
  booking: {
    ask: 'Fill in the form',
    middle: '.field.arrival.complete',
    read: () =>
      Object.fromEntries(
        [...document.querySelectorAll<HTMLInputElement>('.booking [name]')].map(({ name, type, value, checked }) => [
          name,
          type === 'checkbox' ? (checked ? 'yes' : '') : value,
        ]),
      ),
    end: Object.fromEntries(Object.entries(booking).map(([name, value]) => [name, text(value)])),
  },
  peaks: {
    ask: 'Make the table',
    middle: 'tbody tr:nth-child(4)',
    read: () =>
      [...document.querySelectorAll('tbody tr')].map((row) => {
        const [metres, range, climbed] = [...row.querySelectorAll('td')].map(({ textContent }) => textContent)
        const name = row.querySelector('th')!.firstChild!.textContent
        return { name, metres, range, climbed, countries: row.querySelector('small')!.textContent }
      }),
    end: peaks.peaks.map(({ name, metres, range, climbed, countries }) => ({
      name,
      metres: metres.toLocaleString('en'),
      range,
      climbed: String(climbed),
      countries: countries.join(' · '),
    })),
  },
  recipe: {
    ask: 'Cook',
    middle: 'section ul li:nth-child(4)',
    read: () => ({
      name: document.querySelector('h2')?.textContent,
      description: document.querySelector('article > p')?.textContent,
      ingredients: [...document.querySelectorAll('section ul li')].map((item) => item.lastChild!.textContent!.trim()),
      steps: [...document.querySelectorAll('section ol li')].map((item) => item.textContent),
      nutrition: [...document.querySelectorAll('footer span')].map((item) => item.textContent),
    }),
    end: {
      name: recipe.sample.name,
      description: recipe.sample.description,
      ingredients: recipe.sample.ingredients.map(({ name }) => name),
      steps: recipe.sample.steps,
      nutrition: Object.entries(recipe.sample.nutrition).map(([name, grams]) => `${name} ${grams} g`),
    },
  },
  code: {
    ask: 'Write it',
    middle: 'pre >> text=best = 0',
    read: () => ({
      filename: document.querySelector('header code')?.textContent,
      language: document.querySelector('header span')?.textContent,
      code: document.querySelector('pre')?.textContent,
      explanation: document.querySelector('article p')?.textContent,
      calls: [...document.querySelectorAll('dt')].map((item) => item.textContent),
    }),
    end: {
      filename: code.sample.filename,
      language: code.sample.language,
      code: code.sample.code,
      explanation: code.sample.explanation,
      calls: code.sample.tests.map(({ call }) => call),
    },
  },
}

type Name = keyof typeof kinds
const looks = [
  { look: 'light-desktop', colorScheme: 'light', viewport: { width: 1100, height: 900 } },
  { look: 'dark-phone', colorScheme: 'dark', viewport: { width: 360, height: 780 } },
] as const

async function open(name: Name, options: (typeof looks)[number] = looks[0]) {
  const page = await browser.newPage(options)
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
  await page.goto(`${proxy.url}${name}/`)
  await page.getByRole('button', { name: kinds[name].ask }).waitFor()
  return {
    page,
    errors,
    picture: (when: string) =>
      page.screenshot({ path: `${pictures}/${name}-${options.look}-${when}.png`, fullPage: true }),
  }
}

/** Notes what the page shows in each frame from now on. */
const record = (page: Page, name: Name) =>
  page.evaluate(`{
    const read = ${String(kinds[name].read)}
    globalThis.seen = []
    const look = () => {
      const now = JSON.stringify(read())
      if (seen.at(-1) !== now) seen.push(now)
      requestAnimationFrame(look)
    }
    look()
  }`)
/** What was seen, up to what the page shows now: the recorder looks once more before it is asked. */
const recorded = async (page: Page) =>
  (
    await page.evaluate<string[]>(`new Promise((resolve) =>
      requestAnimationFrame(() => requestAnimationFrame(() => resolve(seen))))`)
  ).map((value) => JSON.parse(value) as unknown)

function expectLawful(seen: readonly unknown[], end: unknown): void {
  expect(seen.length).toBeGreaterThan(8)
  for (const [index, value] of seen.entries()) {
    const before = seen[index - 1]
    expect(isBelow(before, value), `${JSON.stringify(before)} and then ${JSON.stringify(value)}`).toBe(true)
  }
  expect(seen.at(-1)).toEqual(end)
}

describe.each(Object.keys(kinds) as Name[])('%s', (name) => {
  const { ask, middle, end } = kinds[name]

  test.each(looks)('fills itself, by keyboard, in $look', async (options) => {
    const { page, errors, picture } = await open(name, options)
    await record(page, name)
    const button = page.getByRole('button', { name: ask })
    await button.focus()
    await page.keyboard.press('Enter')
    await page.locator(middle).first().waitFor()
    expect(await page.locator('[aria-busy=true]').count()).toBe(1)
    await picture('middle')
    await page.getByRole('status').filter({ hasText: 'Done.' }).waitFor()
    await picture('end')
    expectLawful(await recorded(page), end)
    // Nothing is wider than the screen.
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
    // The focus is still where it was, so Enter asks again.
    expect(await button.evaluate((element) => element === document.activeElement)).toBe(true)
    expect(errors).toEqual([])
  })
})

test('what someone types into the form is kept', async () => {
  const { page } = await open('booking')
  await page.getByRole('button', { name: 'Fill in the form' }).click()
  await page.getByRole('button', { name: 'Stop' }).waitFor()
  await page.getByLabel('Guests').fill('2')
  await page.getByRole('status').filter({ hasText: 'Done.' }).waitFor()
  expect(await page.getByLabel('Guests').inputValue()).toBe('2')
  expect(await page.getByRole('spinbutton', { name: 'Nights' }).inputValue()).toBe('3')
  await page.getByRole('button', { name: 'Book' }).click()
  await page.getByText('Booked for Maren Holt: 3 nights.').waitFor()
})

test('an answer whose connection is killed continues where it was', async () => {
  const { page } = await open('peaks')
  await record(page, 'peaks')
  const asked: string[] = []
  page.on('request', (request) => request.url().includes('/api/') && asked.push(request.method()))
  await page.getByRole('button', { name: 'Make the table' }).click()
  for (const row of [3, 7]) {
    await page.locator(`tbody tr:nth-child(${row})`).waitFor()
    expect(proxy.cut()).toBe(1)
  }
  await page.getByRole('status').filter({ hasText: 'Done.' }).waitFor()
  expectLawful(await recorded(page), kinds.peaks.end)
  expect(asked).toEqual(['POST', 'GET', 'GET'])
})

test('an answer whose server cannot be reached any more fails visibly, with what had come', async () => {
  const { page } = await open('peaks')
  await page.getByRole('button', { name: 'Make the table' }).click()
  await page.locator('tbody tr:nth-child(3)').waitFor()
  proxy.refuses = true
  proxy.cut()
  // The client keeps trying for its `patience`, 30 s.
  await page.getByRole('alert').filter({ hasText: 'connection_lost' }).waitFor({ timeout: 60_000 })
  await page.screenshot({ path: `${pictures}/peaks-failed.png`, fullPage: true })
  expect(await page.locator('tbody tr').count()).toBeGreaterThanOrEqual(3)
  expect(await page.locator('[aria-busy=true]').count()).toBe(0)
  proxy.refuses = false
  await page.getByRole('button', { name: 'Make the table' }).click()
  await page.getByRole('status').filter({ hasText: 'Writing…' }).waitFor()
  expect(await page.getByRole('alert').count()).toBe(0)
})

test('Stop ends the run on the server, and keeps what has come', async () => {
  const { page } = await open('peaks')
  let own = ''
  page.on('request', (request) => {
    if (request.method() === 'DELETE') own = request.url()
  })
  await page.getByRole('button', { name: 'Make the table' }).click()
  await page.locator('tbody tr:nth-child(3)').waitFor()
  await page.getByRole('button', { name: 'Stop' }).click()
  await page.getByRole('status').filter({ hasText: 'Stopped.' }).waitFor()
  expect(await page.locator('tbody tr').count()).toBeGreaterThanOrEqual(3)
  await page.screenshot({ path: `${pictures}/peaks-stopped.png`, fullPage: true })
  await until(() => own !== '')
  await expect(connect(own, PeakList).getData()).rejects.toMatchObject({ code: 'aborted' })
})
