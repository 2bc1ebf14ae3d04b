import { Page } from '../parts/page.js';

export function NotFound() {
  return (
    <Page title="There is no such page">
      <p>
        <a href="/console/">Go to the overview</a>
      </p>
    </Page>
  );
}
