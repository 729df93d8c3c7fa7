/** Runs before the first paint, so that no page flashes in the other theme. Its hash is in the security policy. */
export const themeScript = `(()=>{let c=null;try{c=localStorage.getItem('aether-theme')}catch{}const d=matchMedia('(prefers-color-scheme: dark)').matches;document.documentElement.dataset.theme=c==='light'||c==='dark'?c:d?'dark':'light'})()`;
