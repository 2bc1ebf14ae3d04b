import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { NotRefreshed } from './states.js';

let isFirst = true;

interface Props {
  readonly title: string;
  /** Above the title: where this page belongs. */
  readonly within?: ComponentChildren;
  /** Beside the title. */
  readonly aside?: ComponentChildren;
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** One page: its title is that of the tab, and gets the focus when somebody comes here from another page. */
export function Page({ title, within, aside, actions, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Basset Hound Webhooks`;
  }, [title]);
  useEffect(() => {
    if (!isFirst) heading.current?.focus();
    isFirst = false;
  }, []);
  return (
    <main id="main" className="page">
      {within && <div className="within">{within}</div>}
      <div className="page-head">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {aside}
        {actions && <div className="actions">{actions}</div>}
      </div>
      <NotRefreshed />
      {children}
    </main>
  );
}

/** Back to the top of the page, with the focus: what was pressed is gone, or far below what it led to. */
export function toHeading(): void {
  document.querySelector<HTMLElement>('main h1')?.focus();
  window.scrollTo(0, 0);
}

interface SectionProps {
  readonly title: string;
  /** Beside a form it stays in sight; where it stands below, a link leads to it by this id. */
  readonly beside?: string;
  readonly aside?: ComponentChildren;
  readonly children: ComponentChildren;
}

export function Section({ title, aside, beside, children }: SectionProps) {
  return (
    <section
      className={beside === undefined ? 'section' : 'section beside'}
      id={beside}
      tabIndex={beside === undefined ? undefined : -1}
    >
      <div className="section-head">
        <h2>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}
