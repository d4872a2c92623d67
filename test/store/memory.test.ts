import { memoryStore } from '../../src/store/memory.ts'
import { testStore } from './contract.ts'

testStore('memoryStore', async () => ({ store: memoryStore(), close: async () => {} }))
