import { z } from 'zod/v4'
import { entry } from './entry.ts'

const Address = z
  .object({
    name: z.string().describe('Person or company'),
    street: z.string().describe('Street and number'),
    city: z.string().describe('Postal code and city'),
    country: z.string().length(2).describe('Two letters, ISO 3166-1'),
  })
  .describe('A postal address')

const Line = z
  .object({
    description: z.string().describe('What was delivered'),
    quantity: z.number().positive().describe('How many, in the given unit'),
    unit: z.enum(['piece', 'hour', 'kg', 'month']).describe('What the quantity counts'),
    unitPrice: z.number().min(0).describe('Price of one unit without tax'),
    taxRate: z.number().min(0).max(1).describe('0.19 for 19 %'),
  })
  .describe('One line of the invoice')

const Payment = z
  .discriminatedUnion('method', [
    z
      .object({
        method: z.literal('bank-transfer').describe('Paid into an account'),
        iban: z.string().describe('The account, without spaces'),
        reference: z.string().describe('What to give as the reason for payment'),
      })
      .describe('A bank transfer'),
    z
      .object({
        method: z.literal('card').describe('Paid by card'),
        lastFourDigits: z.string().length(4).describe('Of the card number'),
      })
      .describe('A card payment'),
    z
      .object({
        method: z.literal('cash').describe('Paid in cash'),
        receivedBy: z.string().describe('Who took the money'),
      })
      .describe('A cash payment'),
  ])
  .describe('How the invoice is or was paid')

export const Invoice = z
  .object({
    number: z.string().describe('As printed'),
    issued: z.iso.date().describe('Day of issue'),
    due: z.iso.date().nullable().describe('Day by which it must be paid; null when there is none'),
    seller: Address.describe('Who sends the invoice'),
    buyer: Address.describe('Who pays it'),
    lines: z.array(Line).min(1).describe('The lines in the order in which they are printed'),
    payment: Payment,
    currency: z.string().length(3).describe('Three letters, ISO 4217'),
    total: z.number().min(0).describe('What is to be paid, tax included'),
    note: z.string().optional().describe('Anything else that is printed on it'),
  })
  .describe('An invoice')

export type Invoice = z.infer<typeof Invoice>

export const invoice = entry({
  title: 'Invoice',
  schema: Invoice,
  prompt: 'Read this invoice: Nordlicht Studio bills Harbour Books for a website and a year of hosting.',
  sample: {
    number: '2026-0417',
    issued: '2026-04-17',
    due: '2026-05-01',
    seller: { name: 'Nordlicht Studio', street: 'Kaistraße 12', city: '24103 Kiel', country: 'DE' },
    buyer: { name: 'Harbour Books', street: 'Strandvej 3', city: '2900 Hellerup', country: 'DK' },
    lines: [
      { description: 'Design of the website', quantity: 24, unit: 'hour', unitPrice: 85, taxRate: 0.19 },
      { description: 'Hosting', quantity: 12, unit: 'month', unitPrice: 9.5, taxRate: 0.19 },
      { description: 'Printed style guide', quantity: 2, unit: 'piece', unitPrice: 18, taxRate: 0.07 },
    ],
    payment: { method: 'bank-transfer', iban: 'DE89370400440532013000', reference: '2026-0417' },
    currency: 'EUR',
    total: 2601.78,
    note: 'Thank you for the pleasant work.',
  },
})
