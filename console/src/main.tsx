import { render } from 'preact';
import './styles/tokens.css';
import './styles/base.css';
import './styles/header.css';
import './styles/page.css';
import './styles/overview.css';
import './styles/delivery.css';
import './styles/dialog.css';
import './styles/table.css';
import './styles/form.css';
import { App } from './app.js';

const root = document.getElementById('app');
if (root) render(<App />, root);
