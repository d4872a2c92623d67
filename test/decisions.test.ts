import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const folder = join(import.meta.dirname, '../docs/decisions')
const pages = readdirSync(folder).filter((name) => name !== 'README.md')
const index = readFileSync(join(folder, 'README.md'), 'utf8')

test.each(pages)('decision page %s begins with its number, date and status, and is in the index', (page) => {
  const [heading, , line] = readFileSync(join(folder, page), 'utf8').split('\n')
  const { number, title } = /^# (?<number>\d{4}): (?<title>.+)$/.exec(heading!)!.groups!
  expect(page.startsWith(`${number}-`)).toBe(true)
  const { status } = /^\*\d{4}-\d\d-\d\d · (?<status>accepted|replaced by \d{4})\*$/.exec(line!)!.groups!
  expect(index).toContain(`| ${number} | [${title}](${page}) | ${status} |`)
})
