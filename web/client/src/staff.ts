// The staff's page: everything behind the sign-in.
import { mount } from 'svelte';
import './ui/base/theme.css';
import './theme.svelte';
import { startRouter } from './router.svelte';
import App from './ui/staff/App.svelte';

startRouter();
mount(App, { target: document.getElementById('app')! });
