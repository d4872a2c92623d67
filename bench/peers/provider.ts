/** Environment variable that holds the address of the provider server. */
export const PROVIDER_URL = 'BENCH_PROVIDER_URL'

/** The model's name tells the server which answer is wanted. */
export function modelFor(size: number): string {
  return `records-${size}`
}

/** Size of the records that a model of this name answers. */
export function sizeOf(model: string): number {
  return Number(model.split('-')[1])
}
