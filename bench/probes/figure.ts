/** One measurement with its unit. */
export interface Figure {
  id: string
  title: string
  value: number
  unit: string
}
