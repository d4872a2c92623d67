// Compiled in the page; in a project of yours, Angular's tools do it, and `@Component` is a decorator.
import '@angular/compiler'
import { ChangeDetectionStrategy, Component, provideZonelessChangeDetection } from '@angular/core'
import { bootstrapApplication } from '@angular/platform-browser'
import { injectStructuredStream } from 'structstream/angular'
import { Recipe } from 'structstream/schemas'

class RecipeCard {
  readonly recipe = injectStructuredStream({ api: '/api/recipe', schema: Recipe })
  readonly name = this.recipe.field(['name'])
  readonly steps = this.recipe.field(['steps'])
  readonly ask = () => this.recipe.submit({ prompt: 'a simple lentil soup for four' })
}

const decorate = Component({
  selector: 'main',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <h1>A recipe card in Angular</h1>
    @if (recipe.status() === 'streaming') {
      <button class="stop" (click)="recipe.stop()">Stop</button>
    } @else {
      <button class="ask" (click)="ask()">Cook</button>
    }
    <output [class]="recipe.status()">{{ recipe.status() }}</output>
    @if (recipe.error(); as error) { <p role="alert">{{ error.message }}</p> }
    @if (recipe.status() !== 'idle') {
      <article class="card recipe">
        <h2 [class]="name().state">{{ name().value ?? '…' }}</h2>
        <ol [class]="steps().state">
          @for (step of steps().value; track $index) { <li>{{ step }}</li> }
        </ol>
      </article>
    }
  `,
})

await bootstrapApplication(decorate(RecipeCard), { providers: [provideZonelessChangeDetection()] })
