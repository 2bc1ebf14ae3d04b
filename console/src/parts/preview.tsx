import { useEffect, useState } from 'preact/hooks';
import { send } from '../api/call.js';
import type { Preview } from '../api/types.js';
import { useQuery } from '../api/use-query.js';
import { count } from '../lib/words.js';
import { HeaderList } from './sent.js';

/** How long the form must rest before it is asked what would be sent, ms. */
const REST_MS = 500;

interface PreviewProps {
  readonly body: Readonly<Record<string, unknown>>;
  /** Of a stored webhook that is not changed: its secrets are known there, and only there. */
  readonly path: string;
}

/** The request as the service would make it of what the form holds. Nothing is stored, nothing is sent. */
export function LivePreview({ body, path }: PreviewProps) {
  const now = JSON.stringify(body);
  const [settled, setSettled] = useState(now);
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(now), REST_MS);
    return () => window.clearTimeout(timer);
  }, [now]);
  const { url, events } = body;
  const isEnough = url !== '' && !(Array.isArray(events) && events.length === 0);
  const preview = useQuery({
    key: ['preview', path, settled],
    read: () => send<Preview>('POST', path, settled),
    enabled: isEnough,
    keep: true,
  });
  if (preview.error) return <p className="quiet breaks">{preview.error.message}</p>;
  if (!preview.data)
    return <p className="quiet">Fill in the URL and choose events to see what would be sent.</p>;
  return <Shown preview={preview.data} />;
}

function Shown({ preview }: { readonly preview: Preview }) {
  const { method, url, headers, body, bytes, truncated, warnings } = preview;
  return (
    <div className="preview">
      {warnings.map((warning) => (
        <p key={warning} className="note warn">
          {warning}
        </p>
      ))}
      <p className="code breaks">
        <strong>{method}</strong> {url}
      </p>
      <HeaderList headers={headers} />
      <pre tabIndex={0} role="region" aria-label="The body that would be sent">
        {body}
      </pre>
      <p className="help">
        {count(bytes)} bytes{truncated ? '; something was cut to the limits of the receiver' : ''}
      </p>
    </div>
  );
}
