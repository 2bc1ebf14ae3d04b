import { useState } from 'preact/hooks';
import { indented } from '../lib/raw-member.js';
import { count } from '../lib/words.js';
import { Copy } from './copy.js';

type View = 'pretty' | 'raw' | 'bytes';

const VIEWS: readonly (readonly [View, string])[] = [
  ['pretty', 'Pretty'],
  ['raw', 'Raw'],
  ['bytes', 'Bytes'],
];

/** So much is drawn; the rest is in the copy. */
const MOST = 200_000;
const MOST_BYTES = 4_096;
const PER_LINE = 16;

const isVisible = (byte: number): boolean => byte >= 0x20 && byte < 0x7f;

/** As `hexdump -C` shows it: for whoever asks why a signature differs. */
function hexDump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += PER_LINE) {
    const part = [...bytes.subarray(at, at + PER_LINE)];
    const hex = part.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = part.map((byte) => (isVisible(byte) ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`${at.toString(16).padStart(6, '0')}  ${hex.padEnd(PER_LINE * 3 - 1)}  ${text}`);
  }
  return lines.join('\n');
}

function shown(text: string, view: View, bytes: Uint8Array): string {
  if (view === 'bytes') return hexDump(bytes.subarray(0, MOST_BYTES));
  if (view === 'raw') return text.slice(0, MOST);
  return indented(text.slice(0, MOST));
}

interface Props {
  readonly text: string;
  readonly label: string;
  /** Not JSON: only as it is, and as bytes. */
  readonly plain?: boolean;
}

/** A body as it goes over the wire: for reading, as it is, and byte by byte. */
export function Body({ text, label, plain = false }: Props) {
  const [view, setView] = useState<View>(plain ? 'raw' : 'pretty');
  const bytes = new TextEncoder().encode(text);
  const isCut = view === 'bytes' ? bytes.length > MOST_BYTES : text.length > MOST;
  return (
    <div className="body">
      <div className="body-head">
        <div className="views" role="group" aria-label={`How to show ${label}`}>
          {VIEWS.filter(([name]) => !(plain && name === 'pretty')).map(([name, word]) => (
            <button key={name} type="button" aria-pressed={view === name} onClick={() => setView(name)}>
              {word}
            </button>
          ))}
        </div>
        <span className="quiet">{count(bytes.length)} bytes</span>
        <Copy text={text} label="Copy" small />
      </div>
      <pre tabIndex={0} role="region" aria-label={label}>
        {shown(text, view, bytes)}
      </pre>
      {isCut && <p className="help">Only the beginning is shown; the copy has all of it.</p>}
    </div>
  );
}
