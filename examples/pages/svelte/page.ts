import { mount } from 'svelte'
import RecipeCard from './RecipeCard.svelte'

mount(RecipeCard, { target: document.querySelector('main')! })
