// The customer's page behind a link: kept small, it loads on a phone in the street.
import { mount } from 'svelte';
import './ui/base/theme.css';
import './theme.svelte';
import Join from './ui/join/Join.svelte';

mount(Join, { target: document.getElementById('app')! });
