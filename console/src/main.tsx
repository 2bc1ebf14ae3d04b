import { render } from 'preact';
import './styles/tokens.css';
import './styles/base.css';
import './styles/layout.css';
import './styles/table.css';
import './styles/form.css';
import { App } from './app.js';

const root = document.getElementById('app');
if (root) render(<App />, root);
