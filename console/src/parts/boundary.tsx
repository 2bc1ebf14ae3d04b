import { Component, type ComponentChildren } from 'preact';
import { Page } from './page.js';

interface Props {
  /** Of the page: another page is tried again. */
  readonly path: string;
  readonly children: ComponentChildren;
}

interface State {
  readonly error?: unknown;
}

/** Shows a plain page where one could not be drawn: the rest of the console goes on. */
export class Boundary extends Component<Props, State> {
  override state: State = {};

  static override getDerivedStateFromError(error: unknown): State {
    return { error };
  }

  override componentDidCatch(error: unknown): void {
    console.error(error);
  }

  override componentDidUpdate({ path }: Props): void {
    if (path !== this.props.path && this.state.error !== undefined) this.setState({ error: undefined });
  }

  override render() {
    if (this.state.error === undefined) return this.props.children;
    return (
      <Page title="This page could not be shown">
        <p>
          Something in it is not as the console expects. <a href={location.href}>Load it again</a>, or{' '}
          <a href="/console/">go to the overview</a>.
        </p>
      </Page>
    );
  }
}
